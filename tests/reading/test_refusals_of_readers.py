"""Refusals of entries, signatures and requests, for readers and for people who return reads."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import instruments
from accounts.sign_in import BACKEND
from config.tokens import new_token
from jobs.carrying import run_due_jobs
from reading.campaigns.image_problems import report_problem, settle_problem
from reading.campaigns.revealing import event_of
from reading.issuing.assignments import move_case, move_read, request_batch, void_and_reissue
from reading.issuing.declining import decline_read
from reading.issuing.replacing import replace_reader
from reading.models import Batch, CaseStatus, Read, ReadStatus
from reading.room.cells import timepoints_of
from reading.room.notes import save_note
from reading.room.operations import Operation, check_operation
from reading.room.saving import save_values
from reading.room.sessions import open_read
from reading.room.signing import lock_step, return_read, sign_step
from reading.room.steps import open_step
from studies.models import Membership
from tests.once_per_file import Once
from tests.reading.builders import (
    PASSWORD,
    BuiltTrial,
    build_reading_trial,
    fill_read,
    open_campaign_of,
    serve_films,
    sign,
)
from tests.refused import said

JSON = "application/json"
database = pytest.mark.django_db


def make_built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def build_read(built_trial: BuiltTrial) -> Read:
    """The first reader's read of the one case, not started."""
    campaign, readers = (
        open_campaign_of(built_trial, concordant_share=0.0),
        [built_trial.people["reader"], built_trial.people["reader.two"]],
    )
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    return Read.objects.select_related("case__campaign__charter", "case__campaign__trial", "reader").get(
        reader=built_trial.people["reader"]
    )


@pytest.fixture(scope="module")
def built(once: Once) -> tuple[BuiltTrial, Read]:
    def build() -> tuple[BuiltTrial, Read]:
        made = make_built_trial()
        return made, build_read(made)

    return once(build)


@pytest.fixture
def built_trial(built: tuple[BuiltTrial, Read]) -> BuiltTrial:
    return deepcopy(built[0])


@pytest.fixture
def read(built: tuple[BuiltTrial, Read]) -> Read:
    return deepcopy(built[1])


def operation(read: Read, **changes: Any) -> Operation:
    """An edit of the first item of the first timepoint."""
    now, timepoint = timezone.now(), timepoints_of(read.steps.get())[0].token
    item = instruments.get("larsen-1995").items[0].key
    made = Operation(new_token(), timepoint, item, 1, "", 0, now, "key", 5, seen_at=now)
    return replace(made, **changes)


def saved(built_trial: BuiltTrial, read: Read, *operations: Operation) -> None:
    serve_films(read, timepoints_of(read.steps.get()))
    save_values(read=read, actor=built_trial.actor("reader"), operations=operations)


ITEM = instruments.get("larsen-1995").items[0]
EDIT = Operation("op", "timepoint", ITEM.key, 1, "", 0, timezone.now(), "key", 5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"item": "XX"}, "Larsen 1995, long-term studies has no item “XX”. Load the page again."),
        ({"value": 9}, f"The score of {ITEM.label} cannot be 9. Choose 0, 1, 2, 3, 4 or 5."),
        ({"value": None, "reason": "TIRED"}, f"The reason for {ITEM.label} cannot be “TIRED”. Choose missing image, "),
        ({"reason": "OTHER"}, f"The entry for {ITEM.label} has both a score and a reason for having none."),
        ({"entry": "voice"}, "The entry method cannot be “voice”. It is key, click or bulk."),
    ],
)
def test_an_entry_names_the_joint_and_what_may_be_entered(changes: dict[str, Any], message: str) -> None:
    assert said(check_operation, instruments.get("larsen-1995"), replace(EDIT, **changes)).startswith(message)


@database
def test_entries_are_taken_for_the_timepoints_of_a_read_in_progress(built_trial: BuiltTrial, read: Read) -> None:
    assert said(saved, built_trial, read, operation(read)) == "This read is not started, so it accepts no entries now."
    open_read(read=read, actor=built_trial.actor("reader"))
    elsewhere = "This timepoint accepts no entries now. Load the page again."
    assert said(saved, built_trial, read, operation(read, timepoint="another")) == elsewhere
    note = {"item": ITEM.key, "flag": True, "comment": "", "op_id": "n1", "actor": built_trial.actor("reader")}
    assert said(save_note, read=read, timepoint_token="another", **note) == elsewhere
    first = operation(read)
    saved(built_trial, read, first)
    other = instruments.get("larsen-1995").items[1].key
    assert said(saved, built_trial, read, replace(first, item=other)) == (
        "This entry was already saved for another cell. Load the page again."
    )
    unseen = operation(read, item=instruments.get("larsen-1995").items[-1].key, seen_at=None)
    assert "has not been opened in full. Open the whole film before its first score." in said(
        saved, built_trial, read, unseen
    )


@database
def test_a_read_is_signed_and_returned_with_words_that_are_offered(built_trial: BuiltTrial, read: Read) -> None:
    fill_read(read)
    step = open_step(read)
    assert step is not None
    signed: dict[str, Any] = {"read": read, "step": step, "actor": built_trial.actor("reader"), "user": read.reader}
    signed |= {"password": PASSWORD, "meaning": "read", "shown_digest": "another"}
    assert said(sign_step, **signed | {"meaning": "seen"}).startswith(
        "The meaning of the signature cannot be “seen”. Choose “I read these films myself and these are my scores”, "
    )
    assert said(sign_step, **signed) == (
        "Entries have changed since this review was shown. Check them again before you sign."
    )
    sign(read)
    assert said(sign_step, **signed) == "This read is signed, so it accepts no signature now."
    assert said(lock_step, read, step) == "This step is already signed."
    returned: dict[str, Any] = {"read": read, **built_trial.signs("coordinator"), "note": ""}
    assert said(return_read, reason="because", **returned).startswith(
        "The reason cannot be “because”. Choose “A joint was overlooked”, "
    )
    read.refresh_from_db()
    declined = said(decline_read, read=read, actor=built_trial.actor("reader"), reason="I know the patient")
    assert declined == "This read is signed, so it cannot be declined."
    assert said(move_read, read, ReadStatus.OPENED) == "This read is signed, so it cannot be started."
    assert said(move_read, read, ReadStatus.SIGNED) == "This read is signed, so it cannot be signed again."
    assert said(move_case, read.case, CaseStatus.ADJUDICATED) == (
        "Case 1 is being read, so it cannot be decided by its adjudicator."
    )
    assert said(void_and_reissue, case=read.case, **built_trial.signs("coordinator"), reason="") == (
        "A reason is needed. Write it in a sentence."
    )
    void = {"case": read.case, "reason": "dull", **built_trial.signs("coordinator")}
    assert said(void_and_reissue, cause="boredom", **void).startswith(
        "The cause “boredom” is not valid. Choose “A film came late or was replaced”, "
    )


@database
def test_an_image_problem_is_named_by_what_is_offered_and_settled_once(built_trial: BuiltTrial, read: Read) -> None:
    problem: dict[str, Any] = {"read": read, "actor": built_trial.actor("reader"), "note": "", "film_token": ""}
    assert said(report_problem, reason="ugly", **problem).startswith(
        "The problem cannot be “ugly”. Choose “The film shows the other side”, "
    )
    assert said(report_problem, reason="other", **problem | {"film_token": "another"}) == (
        "This film is not on the screen. Choose one that is, and report the problem again."
    )
    made = report_problem(reason="other", **problem)
    actor = built_trial.actor("coordinator")
    assert said(settle_problem, problem=made, actor=actor, settlement="") == (
        "Write in a sentence what was done about the problem."
    )
    settle_problem(problem=made, actor=actor, settlement="Looked at it again.")
    assert said(settle_problem, problem=made, actor=actor, settlement="And again.") == (
        "This image problem has already been resolved."
    )


@database
def test_a_read_is_given_to_somebody_who_may_have_it(built_trial: BuiltTrial, read: Read) -> None:
    given: dict[str, Any] = {"read": read, "actor": built_trial.actor("coordinator"), "reason": "on leave"}
    assert said(replace_reader, new_reader=built_trial.people["reader.two"], **given) == (
        "This read cannot be given to reader.two. Choose a qualified reader who neither has nor has declined this "
        "case, and does not belong to its site."
    )


ENTRY = {"op_id": "o", "timepoint": "e", "item": ITEM.key, "value": 1, "base_revision": 0, "entry": "key"}
TIMED = ENTRY | {"captured_at": "2026-01-31T12:00:00Z"}


@database
@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("values", "[", "The request is not JSON that can be read."),
        ("values", {"ops": "all"}, "The request is not JSON with a list of objects under “ops”."),
        ("values", {"ops": [{}] * 51}, "At most 50 entries are saved at a time. The request has 51."),
        ("values", {"ops": [ENTRY]}, "The entry has no field “captured_at”."),
        ("values", {"ops": [TIMED | {"captured_at": "noon"}]}, "The field captured_at cannot be “noon”. Give a time"),
        ("values", {"ops": [TIMED | {"op_id": ""}]}, "The field op_id cannot be nothing. Give 1 to 40"),
        ("values", {"ops": [TIMED | {"value": True}]}, "The field value cannot be “true”. Give a whole number from 0"),
        ("notes", [1], "The request is not a JSON object."),
    ],
)
def test_a_request_of_the_screen_says_what_is_wrong_with_it(
    built_trial: BuiltTrial, read: Read, path: str, body: object, message: str
) -> None:
    client = Client()
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    text = body if isinstance(body, str) else json.dumps(body)
    answer = client.post(f"/read/{read.token}/{path}", text, content_type=JSON)
    assert (answer.status_code, answer.json()["error"].startswith(message)) == (400, True), answer.content


@database
def test_a_signed_read_is_not_taken_over_and_a_display_check_is_whole(built_trial: BuiltTrial, read: Read) -> None:
    client = Client()
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    page = client.post("/read/display/", {"dark": "yes", "bright": "yes"}).content.decode()
    assert "The display check is not complete. Also confirm “The room is dimmed" in page
    fill_read(read)
    sign(read)
    answer = client.post(f"/read/{read.token}/take-over", "{}", content_type=JSON)
    assert (answer.status_code, answer.json()["error"]) == (409, "This read is signed, so it accepts no entries now.")
    client.force_login(built_trial.people["lead"], backend=BACKEND)
    assert "Your role does not allow you to read cases." in client.get("/read/").content.decode()


@database
def test_who_reads_no_more_in_the_trial_reaches_no_case(built_trial: BuiltTrial, read: Read) -> None:
    Membership.objects.filter(user=built_trial.people["reader"]).update(revoked_at=timezone.now())
    client = Client()
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    assert "Your role does not allow you to read cases." in client.get(f"/read/{read.token}/").content.decode()
    for path in ("values", "notes"):
        answer = client.post(f"/read/{read.token}/{path}", {"ops": []}, JSON, headers={"accept": JSON})
        assert (answer.status_code, answer.json()["error"]) == (403, "Your role does not allow you to read cases.")


@database
def test_a_seed_without_a_commitment_in_the_trail_is_not_revealed(read: Read) -> None:
    batch = Batch.objects.create(campaign=read.case.campaign, name="Batch 9", commitment="0" * 64)
    assert said(event_of, batch) == (
        "The audit trail holds no commitment for the seed of Batch 9. Ask an administrator to verify the audit trail."
    )
