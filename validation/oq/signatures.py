"""Electronic signatures: what they show and require, what they are bound to, and what ends them."""

from __future__ import annotations

import hashlib
from datetime import UTC

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.models import Signature, User
from accounts.signatures import check_password_for_signature
from accounts.signed_acts import ACTS, Act
from audit.models import Event
from jobs.models import Job
from reading.models import ItemScore, SignedValues
from rehearsal.demo.people import DOMAIN, PASSWORD, SYSTEM
from scoring.models import Unlock
from studies.models import Membership, Trial
from studies.plan.membership import grant, revoke
from validation.checks import Deviation, check, demand
from validation.oq import room
from validation.oq.trail import SIGNED, rows_of
from validation.oq.world import CAMPAIGN, OTHERS_PASSWORD, TRIAL, CheckedTrial

WRONG = "not the password"


@check(
    "R-29",
    name="steps in their order",
    does="Signs a case with empty cells, closes the campaign while reads are open, and requests a dataset from it.",
    expects="Each is refused and changes nothing",
)
def steps_in_order(world: CheckedTrial) -> str:
    answer = room.sign(world)
    closing = world.post("coordinator", reverse("reading:close", args=[TRIAL, CAMPAIGN]))
    building = world.post("statistician", reverse("scoring:build", args=[TRIAL, CAMPAIGN]))
    found = {"signing": answer.status_code, "closing": closing.status_code, "building": building.status_code}
    faults = [f"{what} was answered with {status}" for what, status in found.items() if status not in (400, 403, 409)]
    faults += ["the case was signed"] if room.signed(world) else []
    return demand(faults, ", ".join(f"{what}: {status}" for what, status in found.items()))


@check(
    "R-19",
    "R-22",
    name="the password again",
    does="Signs a full case without a password, with a wrong one, with another person's, and with the right one."
    " The right password is also given after each wrong one, because a few wrong ones in a row may end the session.",
    expects="Only the right one signs, once",
)
def password_again(world: CheckedTrial) -> str:
    room.fill(world)
    faults = []
    for what, given in (("no password", ""), ("a wrong one", WRONG), ("another person's", OTHERS_PASSWORD)):
        room.sign(world, given)
        faults += [f"{what} signed"] if room.signed(world) else []
        check_password_for_signature(user=world.user(room.READER), password=PASSWORD)
    answer = room.sign(world)
    faults += [] if (answer.status_code, room.signed(world)) == (303, 1) else [f"the right one: {answer.status_code}"]
    return demand(faults, "3 attempts refused, 1 signature")


@check(
    "R-36",
    name="a signed read is closed",
    does="Sends a value to the signed read.",
    expects="It is refused, and no revision is added",
)
def signed_read_is_closed(world: CheckedTrial) -> str:
    before = ItemScore.objects.count()
    status = room.send(world, room.operation(world, 0, 3)).status_code
    added = ItemScore.objects.count() - before
    return demand([f"status {status}, {added} revisions"] if status == 200 or added else [], f"refused with {status}")


@check(
    "R-05",
    "R-07",
    "R-23",
    name="a change after signing",
    does="Returns the signed read, changes a value with no reason, a blank reason and a reason, and signs again.",
    expects="Only the change with a reason is kept, with its reason; both signatures are kept; the return is recorded",
)
def change_after_signing(world: CheckedTrial) -> str:
    where = reverse("reading:return", args=[TRIAL, CAMPAIGN, world.read.pk])
    world.post("coordinator", where, reason="incomplete", note="look again", password=PASSWORD)
    faults = []
    blank = {"change_reason": "judged-again", "change_note": " \u200b "}
    for what, more in (("no reason", {}), ("a blank text", blank)):
        answer = room.send(world, room.operation(world, 0, 3, **more))
        faults += [f"{what} was accepted"] if answer.status_code == 200 else []
    room.enter(world, 0, 3, **room.REASONED)
    room.sign(world, meaning="corrected")
    score = ItemScore.objects.filter(after_signature=True).order_by("-pk").first()
    faults += [] if score and score.change_note == room.REASONED["change_note"] else ["the reason was not kept"]
    faults += [] if room.signed(world) == 2 else [f"{room.signed(world)} signatures, not 2"]
    faults += [] if Event.objects.filter(action="reading.read.returned").exists() else ["the return is not recorded"]
    return demand(faults, "2 refused, 1 kept with its reason; 2 signatures")


@check(
    "R-18",
    name="what a signature shows",
    does="Downloads the list of signatures as the auditor and compares it with the signatures stored.",
    expects="A row with name, meaning and time in UTC for each signature of a read and of the two steps of a lock",
)
def what_a_signature_shows(world: CheckedTrial) -> str:
    answer = world.get("auditor", reverse("audit:signatures", args=[TRIAL]) + "?format=csv")
    shown = {(row["Who"], row["Meaning"], row["Time"]) for row in rows_of(answer)}
    faults, seen = [], 0
    for act in (Act.READ, Act.LOCK_REQUEST, Act.LOCK_CONFIRMATION):
        given = Signature.objects.filter(meaning=ACTS[act].meaning)
        faults += [] if given else [f"nobody signed “{ACTS[act].meaning}”"]
        for one in given:
            at = Event.objects.get(action=SIGNED, subject_id=str(one.pk)).at
            row = (one.printed_name, one.meaning, f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
            faults += [] if row in shown else [f"no row {row}"]
            seen += 1
    return demand(faults[:5], f"{seen} signatures shown with name, meaning and time in UTC")


@check(
    "R-20",
    "R-33",
    name="one person, one account",
    does="Invites a new address, then the same in capital letters, and deletes the account of a signer.",
    expects="One account is made and no second one, and no account that has signed can be deleted",
)
def one_person_one_account(world: CheckedTrial) -> str:
    before = User.objects.count()
    for address in (f"new{DOMAIN}", f"NEW{DOMAIN}"):
        world.post("admin", reverse("account_invite"), email=address)
    made = User.objects.count() - before
    faults = [] if made == 1 else [f"{made} accounts were made"]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_user WHERE email = %s", [f"statistician{DOMAIN}"])
            connection.check_constraints()
            transaction.set_rollback(True)
            faults.append("the account of a signer could be deleted")
    except DatabaseError:
        pass
    return demand(faults, "one account, no deletion")


@check(
    "R-21",
    name="bound to the content",
    does="Computes the digest of every signed read again, and of one in which a single character is changed.",
    expects="Each signature covers exactly the digest of its read, and not that of the changed one",
)
def bound_to_content(_: CheckedTrial) -> str:
    rows = list(SignedValues.objects.select_related("signature"))
    if not rows:
        raise Deviation("nothing was signed")
    faults = [f"read {one} has another digest" for one in rows if digest_of(one.values) != one.signature.digest]
    changed = rows[0].values.replace("0", "1", 1)
    faults += ["a changed read has the same digest"] if digest_of(changed) == rows[0].signature.digest else []
    return demand(faults, f"{len(rows)} signed reads, each covered by its signature")


def digest_of(text: str) -> str:
    """SHA-256 of the signed text."""
    return hashlib.sha256(text.encode()).hexdigest()


@check(
    "R-37",
    name="after the lock",
    does="Requests unlocking without and with a reason. The person then becomes second signer and agrees.",
    expects="Without a reason it is refused; one request is kept with its reason; nobody agrees to their own request",
)
def after_the_lock(world: CheckedTrial) -> str:
    where = reverse("scoring:unlock", args=[TRIAL, CAMPAIGN, 1])
    bare = world.post("statistician", where, password=PASSWORD).status_code
    faults = [f"without a reason: {bare}"] if bare not in (400, 409) or Unlock.objects.exists() else []
    world.post("statistician", where, password=PASSWORD, reason="validation")
    become_signer(world.user("statistician"), world.play.trial)
    agreeing = reverse("scoring:agree", args=[TRIAL, CAMPAIGN, 1])
    offered = world.get("statistician", agreeing).status_code
    own = world.post("statistician", agreeing, password=PASSWORD).status_code
    faults += [f"the page of the agreement: {offered}"] if offered != 200 else []
    faults += [f"agreement to one's own request: {own}"] if own not in (400, 403, 409) else []
    own_requests = Unlock.objects.filter(requested__signer=world.user("statistician"))
    open_requests = own_requests.filter(agreed=None, reason="validation")
    kept = (open_requests.count(), Unlock.objects.count())
    faults += [] if kept == (1, 1) else [f"{kept[1]} requests were stored, {kept[0]} of them as sent"]
    return demand(faults, f"without a reason: {bare}; own request: {own}; one request stored")


def become_signer(user: User, trial: Trial) -> None:
    """Ends the roles of a person in the trial, and grants the role that approves an unlock."""
    for held in Membership.objects.current().filter(user=user, trial=trial):
        revoke(membership=held, reason="validation", actor=SYSTEM)
    grant(trial=trial, user=user, role="signer", reason="validation", actor=SYSTEM)


@check(
    "R-24",
    name="misuse of a signature",
    does="Enters wrong passwords at a signature up to the limit of this installation.",
    expects="Each is recorded, the session ends, and an alert to the administrators is requested",
)
def misuse(world: CheckedTrial) -> str:
    jobs = Job.objects.filter(kind="accounts.alert").count()
    before = Event.objects.filter(action="accounts.signature.refused").count()
    where = reverse("scoring:review_scores", args=[TRIAL]) + f"?campaign={CAMPAIGN}"
    limit = settings.AXES_FAILURE_LIMIT
    for _ in range(limit):
        world.post("auditor", where, note="again", password=WRONG)
    recorded = Event.objects.filter(action="accounts.signature.refused").count() - before
    status = world.get("auditor", reverse("audit:trail", args=[TRIAL])).status_code
    faults = [] if recorded == limit else [f"{recorded} of {limit} attempts recorded"]
    faults += [] if status == 302 else [f"the session still opens a page: {status}"]
    faults += [] if Job.objects.filter(kind="accounts.alert").count() > jobs else ["no alert was sent"]
    return demand(faults, f"{limit} recorded, session ended, alert on its way")


READING = (steps_in_order, password_again, signed_read_is_closed, change_after_signing)
LOCKED = (what_a_signature_shows, one_person_one_account, bound_to_content, after_the_lock, misuse)
