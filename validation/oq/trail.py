"""The audit trail: what it records of each change, its protection against changes, and who can read it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from audit.models import Event
from audit.protection import PROTECTED, ROWS, sqlite_triggers, unprotected
from audit.redaction import hidden_from
from audit.sentences import HIDDEN
from audit.verify import verify
from reading.models import ItemScore
from rehearsal.demo.people import PASSWORD
from validation.checks import check, demand
from validation.oq import room
from validation.oq.world import TRIAL, CheckedTrial

SIGNED = "accounts.signature.applied"
WANTED_STEPS = (
    "studies.film.received",
    "reading.campaign.opened",
    "reading.read.opened",
    "reading.scores.saved",
    "reading.step.signed",
    "reading.campaign.closed",
    "scoring.dataset.built",
    "scoring.lock.confirmed",
    "accounts.session.started",
    "accounts.signature.applied",
)


@check(
    "R-02",
    "R-04",
    name="one value, one entry",
    does="Enters two of the values of a case over HTTP, then changes one of them.",
    expects="Three revisions in all, and an entry for each request with person, role and as many values as it had",
)
def one_value_one_entry(world: CheckedTrial) -> str:
    room.begin(world)
    room.look(world)
    before = Event.objects.filter(action="reading.scores.saved").count()
    answer = room.send(world, room.operation(world, 0, 1), room.operation(world, 1, 0))
    room.enter(world, 0, 2)
    events = list(Event.objects.filter(action="reading.scores.saved").order_by("pk")[before:])
    rows = [[table for table, *_ in event.content["rows"]].count("reading_itemscore") for event in events]
    scores = ItemScore.objects.filter(timepoint=room.timepoints(world)[0], entry="key").count()
    who = {(event.actor_id, event.role) for event in events}
    faults = [] if answer.status_code == 200 else [f"saving was answered with {answer.status_code}"]
    faults += [] if rows == [2, 1] else [f"the entries hold {rows} values, not [2, 1]"]
    faults += [] if scores == 3 else [f"{scores} revisions were kept, not 3"]
    faults += [] if who == {(world.user(room.READER).pk, "reader")} else [f"{who} was recorded"]
    return demand(faults, "2 entries with 2 values and 1 value; 3 revisions")


@check(
    "R-03",
    name="earlier values stay",
    does="Reads the revisions of the value that was changed.",
    expects="Both values, in order",
)
def earlier_values_stay(world: CheckedTrial) -> str:
    key = room.operation(world, 0, None)["item"]
    found = ItemScore.objects.filter(timepoint=room.timepoints(world)[0], item=key).order_by("revision")
    values = list(found.values_list("value", flat=True))
    return demand([] if values == [1, 2] else [f"the revisions are {values}, not [1, 2]"], f"revisions {values}")


@check(
    "R-06",
    name="time of entry and of storage",
    does="Sends a value that was entered ten minutes ago, as a browser that was offline does.",
    expects="Both times are kept, ten minutes apart",
)
def two_times(world: CheckedTrial) -> str:
    sent = room.operation(world, 2, 0, captured_at=room.minutes_ago(10))
    room.send(world, sent)
    score = ItemScore.objects.get(op_id=sent["op_id"])
    apart = (score.saved_at - score.captured_at).total_seconds()
    return demand([] if 600 <= apart < 720 else [f"the times are {apart:.0f} s apart"], f"{apart:.0f} s apart")


@check(
    "R-08",
    "R-09",
    name="steps of the work and of access",
    does="Looks for an entry of each kind of step from the arrival of films to the lock, and of sign-ins.",
    expects="Each is there",
)
def steps_of_the_work(_: CheckedTrial) -> str:
    found = set(Event.objects.values_list("action", flat=True).distinct())
    missing = [action for action in WANTED_STEPS if action not in found]
    return demand([f"no entry {action}" for action in missing], f"{len(found)} kinds of entries")


@check(
    "R-01",
    "R-35",
    name="everything is recorded",
    does="Verifies the trail of the whole trial: chains, and every regulated and tracked row.",
    expects="Every row is recorded by an entry, and nothing is altered",
)
def everything_is_recorded(_: CheckedTrial) -> str:
    report = verify(in_time=False)
    seen = f"{report.events:,} events and {report.rows:,} rows, all intact"
    return demand([str(finding) for finding in report.findings[:10]], seen)


@check(
    "R-10",
    name="switching off is noticed",
    does="Disables the protection of the scores, inside a transaction that is undone.",
    expects="The verification names the table; afterwards it is protected again",
)
def switching_off_is_noticed(_: CheckedTrial) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'ALTER TABLE "reading_itemscore" DISABLE TRIGGER {ROWS}')
        else:
            cursor.execute(f'DROP TRIGGER "{next(iter(sqlite_triggers(PROTECTED["reading_itemscore"])))}"')
        found = {finding.table for finding in verify(in_time=False).findings if finding.fault == "no protection"}
        transaction.set_rollback(True)
    faults = [] if found == {"reading_itemscore"} else [f"the verification named {sorted(found)}"]
    return demand(faults + unprotected(), "reading_itemscore was named, and is protected again")


CHANGES = (
    "DELETE FROM audit_event",
    "DELETE FROM reading_itemscore",
    "DELETE FROM reading_signedvalues",
    "DELETE FROM accounts_signature",
    "UPDATE audit_event SET body = body",
    "UPDATE reading_itemscore SET value = value",
    "UPDATE reading_signedvalues SET digest = digest",
    "UPDATE accounts_signature SET digest = digest",
)
EMPTYING = (
    "TRUNCATE audit_event CASCADE",
    "TRUNCATE reading_itemscore CASCADE",
    "TRUNCATE reading_signedvalues CASCADE",
    "TRUNCATE accounts_signature CASCADE",
)


def attempts() -> tuple[str, ...]:
    """Statements that change, delete or truncate regulated rows."""
    return CHANGES + (EMPTYING if connection.vendor == "postgresql" else ())


@check(
    "R-11",
    "R-36",
    name="records cannot be changed",
    does="Sends UPDATE, DELETE and TRUNCATE to the trail, scores, signed values and signatures.",
    expects="The database refuses each",
)
def records_cannot_be_changed(_: CheckedTrial) -> str:
    accepted = [statement for statement in attempts() if is_accepted(statement)]
    return demand([f"accepted: {statement}" for statement in accepted], f"{len(attempts())} statements refused")


def is_accepted(statement: str) -> bool:
    """Whether the database executes the statement, which is rolled back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


@check(
    "R-12",
    "R-34",
    name="the trail as a file",
    does="Downloads the whole trail as the auditor, and searches it for signatures.",
    expects="Every event with its hash, linked to the one before it; the search finds all signatures and only them",
)
def trail_as_a_file(world: CheckedTrial) -> str:
    answer = world.get("auditor", reverse("audit:export", args=[TRIAL, "trial"]))
    events = json.loads(b"".join(answer.streaming_content))
    held = Event.objects.of_home(TRIAL).count()
    by_place = {(one["stream"], one["seq"]): one for one in events}
    loose = [
        place
        for place, one in by_place.items()
        if place[1] > 1 and by_place[place[0], place[1] - 1]["hash"] != one["prev"]
    ]
    search = reverse("audit:trail", args=[TRIAL]) + "?format=csv&q="
    found = [rows_of(world.get("auditor", search + text)) for text in (SIGNED, "no-such-word")]
    wanted = Event.objects.of_home(TRIAL).filter(action=SIGNED).count()
    faults = [] if len(events) == held else [f"the file has {len(events)} of {held} events"]
    faults += [f"{stream} #{seq} does not follow the event before it" for stream, seq in loose[:5]]
    faults += [] if wanted and [len(rows) for rows in found] == [wanted, 0] else ["the search found other events"]
    faults += [f"the search found {row['Action code']}" for row in found[0] if row["Action code"] != SIGNED][:5]
    return demand(faults, f"{held} events, each linked to the one before it; {wanted} signatures found")


def rows_of(answer: Any) -> list[dict[str, str]]:
    """The rows of a list that was downloaded as CSV."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@check(
    "R-14",
    name="nothing unblinding in the trail",
    does="Opens the trail as each reader, and compares the auditor's file with what each action hides.",
    expects="Readers are refused, and nothing hidden is in the file",
)
def nothing_unblinding(world: CheckedTrial) -> str:
    where = reverse("audit:trail", args=[TRIAL])
    faults = []
    for who in ("reader.one", "reader.two", "adjudicator", "lead", "coordinator"):
        status = world.get(who, where).status_code
        faults += [f"{who} was answered with {status}"] if status not in (403, 404) else []
    answer = world.get("auditor", reverse("audit:export", args=[TRIAL, "trial"]))
    events = json.loads(b"".join(answer.streaming_content))
    hiding = [(one, parts) for one in events if (parts := hidden_from(one["action"], "auditor"))]
    faults += [] if hiding else ["no event hides anything from the auditor"]
    for one, parts in hiding:
        for part in parts:
            name, _, key = part.partition(".")
            value = one.get(name, {})
            value = value.get(key) if key and isinstance(value, dict) else value
            faults += [f"{one['action']} shows {part}"] if value not in (None, "", HIDDEN, {}, []) else []
    return demand(faults[:5], f"5 people refused; {len(hiding)} events with hidden parts")


@check(
    "R-15",
    name="review of the trail of scores",
    does="Signs the review of the score history as the auditor.",
    expects="The review is stored with its range and its signature",
)
def review_of_scores(world: CheckedTrial) -> str:
    before = Event.objects.filter(action="accounts.signature.applied").count()
    where = reverse("scoring:review_scores", args=[TRIAL]) + "?campaign=C1"
    answer = world.post("auditor", where, note="validation", password=PASSWORD)
    new = Event.objects.filter(action="accounts.signature.applied").count() - before
    faults = [] if (answer.status_code, new) == (302, 1) else [f"status {answer.status_code}, {new} signatures"]
    return demand(faults, "signed once")


@check(
    "R-16",
    "R-17",
    name="times and order",
    does="Reads the page of an event, and the numbers of the events of every chain.",
    expects="The time is that of the event, in UTC, and names its zone; the numbers of each chain have no gap",
)
def times_and_order(world: CheckedTrial) -> str:
    page = world.get("auditor", reverse("audit:event", args=[TRIAL, "trial", 1])).content.decode()
    time = f"{Event.objects.get(stream=TRIAL, seq=1).at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
    faults = [] if time in page else [f"the page of an event does not show “{time}”"]
    last: dict[str, int] = {}
    for stream, seq in Event.objects.order_by("stream", "seq").values_list("stream", "seq"):
        faults += [f"{stream} has no event {seq - 1}"] if seq != last.get(stream, 0) + 1 else []
        last[stream] = seq
    return demand(faults[:5], f"UTC; {len(last)} chains without a gap")


READING = (one_value_one_entry, earlier_values_stay, two_times)
LOCKED = (
    steps_of_the_work,
    everything_is_recorded,
    switching_off_is_noticed,
    records_cannot_be_changed,
    trail_as_a_file,
    nothing_unblinding,
    review_of_scores,
    times_and_order,
)
