"""The auditor sees everything that was done in the trial and the system, and nothing that the role may not see."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import declared_actions
from audit.models import Event
from audit.redaction import shown
from audit.sentences import HIDDEN
from audit.trail import Actor, audited_atomic, record
from config.cells import EXCEL_MARK
from jobs.carrying import run_due_jobs
from tests.cast import Cast
from tests.tracking import record_new_rows

CANARY = "CANARY-4711"


@pytest.fixture
def trail(cast: Cast, own_actions: None) -> Cast:
    """Events in two trials and the system stream; one has content that an auditor must not see."""
    everybody = {"auditor", "lead"}
    declared_actions.declare("tests.box.opened", label="Box opened", sentence="opened box {id}", seen_by=everybody)
    declared_actions.declare(
        "tests.joint.scored",
        label="Joint scored",
        sentence="scored [{new.item} ]in box {id}[ as {new.score}][, {d}]",
        seen_by={"lead"},
        hides={"changes.score", "details"},
    )
    declared_actions.declare(
        "tests.arm.viewed", label="Arm viewed", sentence="viewed the arm[ {arm}] of box {id}", seen_by=set()
    )
    reader = cast.actor("reader")
    for code in cast.trials:
        record_event("tests.box.opened", code, reader, changes={"lid": ["shut", "open"]}, reason=f"to look in {code}")
    record_event(
        "tests.joint.scored",
        "RA-1",
        reader,
        changes={"score": [None, CANARY], "item": [None, "EL-MCP2"]},
        details={"d": CANARY},
    )
    record_event(
        "tests.arm.viewed", "RA-1", reader, changes={"arm": [None, CANARY]}, reason=CANARY, details={"arm": CANARY}
    )
    record_event("tests.box.opened", "system", Actor.system("sweeper"), reason="house-keeping")
    return cast


def record_event(action: str, stream: str, actor: Actor, **more: object) -> None:
    with audited_atomic():
        record(action=action, stream=stream, actor=actor, subject=("tests.box", "17"), **more)  # type: ignore[arg-type]


def page(cast: Cast, path: str = "", who: str = "auditor", trial: str = "RA-1") -> str:
    response = cast.client(who, trial).get(f"/trials/{trial}/audit/{path}")
    assert response.status_code == 200
    return b"".join(response).decode()


PAGES = ["", "trial/", "system/", "signatures/", "trial/2/", "trial/3/", "trial/tests.box/17/", "trial/export.json"]


def test_the_trail_shows_who_did_what_when_and_why(trail: Cast) -> None:
    text = page(trail)
    for words in ("reader of RA-1 opened box 17", "Box opened", "lid: shut → open", "to look in RA-1", "Box 17"):
        assert words in text


def test_another_trial_and_the_installation_are_not_in_it(trail: Cast) -> None:
    assert "RA-2" not in page(trail).replace("RA-2 of", "")
    assert "house-keeping" not in page(trail)
    assert "house-keeping" in page(trail, "system/")


@pytest.mark.parametrize("path", [*PAGES, "?format=csv", "?q=arm", "?action=tests.arm.viewed", "?sort=action"])
def test_no_page_shows_what_is_hidden_from_the_role(trail: Cast, path: str) -> None:
    assert CANARY not in page(trail, path)


@pytest.mark.parametrize("parameter", ["q", "who", "kind", "key"])
def test_what_is_hidden_cannot_be_searched_for(trail: Cast, parameter: str) -> None:
    assert "Nothing matches" in page(trail, f"?{parameter}={CANARY}")


def test_that_something_is_hidden_is_said(trail: Cast) -> None:
    assert "Hidden from your role" in page(trail, "trial/3/")
    assert "item: nothing → EL-MCP2" in page(trail)
    assert f"score: {HIDDEN}" in page(trail)


def test_a_role_that_may_see_it_sees_it_whole(trail: Cast) -> None:
    event = Event.objects.get(action="tests.joint.scored")
    assert shown(event, "lead").changes["score"] == [None, CANARY]
    assert shown(event, "auditor").changes == {"score": HIDDEN, "item": [None, "EL-MCP2"]}
    assert shown(event, "auditor").details == {}


def test_an_action_nobody_declares_any_more_is_shown_without_its_content(trail: Cast) -> None:
    del declared_actions.ACTIONS["tests.box.opened"]
    event = Event.objects.filter(action="tests.box.opened").first()
    assert event
    seen = shown(event, "lead")
    assert (seen.changes, seen.reason, seen.hidden) == ({}, HIDDEN, ["changes", "details", "reason"])


def test_salt_and_digests_leave_the_trail_for_nobody(trail: Cast) -> None:
    exported = page(trail, "trial/export.json")
    for event in Event.objects.filter(stream="RA-1"):
        assert event.content["salt"] not in exported


def test_the_history_of_a_record_begins_at_its_beginning(trail: Cast) -> None:
    text = page(trail, "trial/tests.box/17/")
    assert text.index("opened box 17") < text.index("scored EL-MCP2 in box 17")


def test_the_export_holds_every_event_of_the_chain_in_order(trail: Cast) -> None:
    events = json.loads(page(trail, "trial/export.json"))
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert all(later["prev"] == earlier["hash"] for earlier, later in zip(events, events[1:], strict=False))
    assert events[0]["reason"] == "to look in RA-1"
    assert events[1]["sentence"] == "reader of RA-1 scored EL-MCP2 in box 17"
    assert events[1]["label"] == "Joint scored"


def test_what_no_person_did_is_recorded_of_the_system_by_the_name_of_its_work(trail: Cast) -> None:
    """ "rendition made the reader images" reads like a sentence with a word missing."""
    assert "System (sweeper) " in page(trail, "system/")


def test_the_csv_holds_the_same_rows_as_the_list(trail: Cast) -> None:
    rows = list(csv.DictReader(io.StringIO(page(trail, "?format=csv&sort=seq").removeprefix(EXCEL_MARK))))
    assert [row["Action"] for row in rows] == ["Box opened", "Joint scored", "Arm viewed"]
    assert [row["What happened"] for row in rows] == [
        "reader of RA-1 opened box 17",
        "reader of RA-1 scored EL-MCP2 in box 17",
        "reader of RA-1 viewed the arm of box 17",
    ]


def test_signatures_are_listed_with_name_time_and_meaning(trail: Cast) -> None:
    details = {"meaning": "I have read this case", "record_kind": "read", "record_id": "9", "digest": "ab" * 32}
    record_event("accounts.signature.applied", "RA-1", trail.actor("reader"), details=details)
    text = page(trail, "signatures/")
    assert all(words in text for words in ("reader of RA-1", "I have read this case"))
    assert "ab" * 32 not in text, "the digest is a column to choose"
    assert "ab" * 32 in page(trail, "signatures/?columns=chosen")


def test_an_auditor_has_the_trail_verified_and_sees_the_result(trail: Cast) -> None:
    assert "not been verified yet" in page(trail)
    record_new_rows("RA-1")
    assert trail.client("auditor").post("/trials/RA-1/audit/verify/").status_code == 302
    run_due_jobs(kinds=frozenset({"jobs.verify_audit"}))
    text = page(trail)
    assert "Intact" in text
    assert "auditor of RA-1" in text
    assert re.search(r"\d+ events, \d+ regulated rows", text)


@pytest.mark.parametrize("who", ["reader", "coordinator", "statistician", "site", "sponsor"])
def test_nobody_else_sees_the_trail(trail: Cast, who: str) -> None:
    assert trail.client(who).get("/trials/RA-1/audit/").status_code == 403


def test_the_page_of_an_event_gives_its_sentence_and_the_names_that_software_uses(trail: Cast) -> None:
    text = page(trail, "trial/1/")
    for words in ("<h1>Box opened</h1>", "reader of RA-1 opened box 17.", "tests.box.opened", "tests.box 17"):
        assert words in text


def test_the_trail_is_narrowed_to_an_action_by_its_label(trail: Cast) -> None:
    assert '<option value="tests.joint.scored">Joint scored</option>' in page(trail)
    text = page(trail, "?action=tests.joint.scored")
    assert "scored EL-MCP2 in box 17" in text
    assert "opened box 17" not in text


def test_the_list_asks_the_database_as_often_for_thirty_events_as_for_three(trail: Cast) -> None:
    client = trail.client("auditor")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/trials/RA-1/audit/")
        return len(found)

    queries()
    few = queries()
    for _ in range(30):
        record_event("tests.box.opened", "RA-1", trail.actor("reader"))
    assert queries() == few
