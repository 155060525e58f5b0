"""The five ways in which timepoints come before a reader: what each shows, locks and counts."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import (
    Campaign,
    CaseStatus,
    DisplayedFilm,
    DisplayedTimepoint,
    Read,
    ReadKind,
    ReadStatus,
    ReadStep,
    SignedValues,
)
from reading.room.signing import return_read
from reading.room.worklist import waiting_for
from scoring.consensus.sealed_result import opened_result
from scoring.consensus.signed_series import visits_of
from scoring.models import CaseResult
from studies.models import Visit
from tests.reading.builders import (
    BuiltTrial,
    GradeOf,
    begun,
    build_reading_trial,
    fill_read,
    open_campaign_of,
    operation_on,
    read_through,
    sign,
)

pytestmark = pytest.mark.django_db
WEEKS = ("W00", "W24", "W52")


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=WEEKS)


@pytest.fixture
def two_cases() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=WEEKS[:2])


def issue(built_trial: BuiltTrial, presentation: str) -> Campaign:
    campaign = open_campaign_of(built_trial, presentation=presentation, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    return campaign


def first_read(built_trial: BuiltTrial) -> Read:
    return Read.objects.filter(reader=built_trial.people["reader"]).order_by("queue_position")[0]


def browser(built_trial: BuiltTrial, who: str = "reader") -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def weeks_of(read: Read) -> dict[str, str]:
    """The true visit code of every timepoint, by token."""
    codes = dict(Visit.objects.values_list("pk", "code"))
    return {token: codes[visit] for token, visit in visits_of(read).items()}


def panes(client: Client, address: str) -> list[dict[str, object]]:
    answer = begun(client, f"/read/{address}/")
    assert answer.status_code == 200, answer.content[:300]
    found: list[dict[str, object]] = json.loads(json.dumps(answer.context["case"]))["panes"]
    return found


def test_together_in_known_order_goes_from_the_first_visit_to_the_last(built_trial: BuiltTrial) -> None:
    issue(built_trial, "together-ordered")
    for read in Read.objects.all():
        weeks = weeks_of(read)
        shown = read.steps.get().timepoints.order_by("position")
        assert [weeks[one.token] for one in shown] == list(WEEKS)
    page = begun(browser(built_trial), f"/read/{first_read(built_trial).token}/").content.decode()
    assert "in chronological order, A is the first" in page


def test_locked_visits_come_one_by_one_in_the_order_of_time_beside_those_before(built_trial: BuiltTrial) -> None:
    issue(built_trial, "locked-visits")
    read, client = first_read(built_trial), browser(built_trial)
    weeks = weeks_of(read)
    for number, _ in enumerate(WEEKS, start=1):
        shown = panes(client, read.token)
        assert [weeks[str(pane["timepoint"])] for pane in shown] == list(WEEKS[:number])
        assert [pane["locked"] for pane in shown] == [True] * (number - 1) + [False]
        assert [pane["letter"] for pane in shown] == list("ABC"[:number])
        fill_read(read)
        sign(read)
    read.refresh_from_db()
    assert read.status == ReadStatus.SIGNED


def test_nothing_before_the_last_visit_reveals_how_many_follow(built_trial: BuiltTrial) -> None:
    """A read of three visits and one of two, at their first visit, differ in random tokens alone."""
    issue(built_trial, "locked-visits")
    read, client = first_read(built_trial), browser(built_trial)
    later = [one for step in list(read.steps.order_by("position"))[1:] for one in step.timepoints.all()]
    films = DisplayedFilm.objects.filter(timepoint__in=later)
    pages = [begun(client, f"/read/{read.token}/").content.decode()]
    pages.append(client.get(f"/read/{read.token}/review").content.decode())
    pages.append(client.get("/read/").content.decode())
    hidden = [one.token for one in later] + [film.token for film in films]
    assert not [token for token in hidden for page in pages if token in page]
    assert "Sign this visit" in pages[1]
    for film in films:
        assert client.get(f"/read/{read.token}/film/{film.token}/preview.jpg").status_code == 404
    progress = begun(client, f"/read/{read.token}/").context["case"]["progress"]
    assert progress == {"saved_count": 0, "expected_count": 32}


def test_a_locked_step_takes_no_value_and_a_later_one_none_before_its_time(built_trial: BuiltTrial) -> None:
    issue(built_trial, "locked-visits")
    read = first_read(built_trial)
    first, second, _ = read.steps.order_by("position")
    fill_read(read)
    with pytest.raises(WrongState, match="not the next one to sign"):
        sign_empty(read, second)
    sign(read)
    for step in (first, read.steps.get(position=2)):
        with pytest.raises((BadInput, WrongState)):
            save_into(read, step.timepoints.get())


def sign_empty(read: Read, step: ReadStep) -> None:
    """Tries to sign a step that is not before its reader, as a forged request could."""
    fill_read(read, step=step)
    sign(read, step=step)


def save_into(read: Read, timepoint: DisplayedTimepoint) -> None:
    operation_on(read, timepoint, 3)


def damaged_at(weeks: dict[str, str], week: str) -> GradeOf:
    """Grade 1 everywhere at one visit, none at the others."""
    return lambda timepoint, item: int(weeks[timepoint.token] == week)


def test_every_visit_of_locked_visits_counts(built_trial: BuiltTrial) -> None:
    campaign = issue(built_trial, "locked-visits")
    case = campaign.cases.order_by("number")[0]
    for read in case.reads.all():
        read_through(read, damaged_at(weeks_of(read), "W52"))
    run_due_jobs()
    result = opened_result(CaseResult.objects.get(case=case))["numbers"]["result"]
    assert [Fraction(one["total"]["value"]) for one in result["totals"]] == [
        0,
        0,
        32,
    ]


def test_single_timepoints_are_entries_of_their_own_and_nothing_reveals_which_belong_together(
    two_cases: BuiltTrial,
) -> None:
    built_trial = two_cases
    issue(built_trial, "single")
    client, reader = browser(built_trial), built_trial.people["reader"]
    entries = waiting_for(reader.pk)
    assert len(entries) == 2 * 2
    assert {entry.status for entry in entries} == {ReadStatus.ISSUED}
    tokens = [read.token for read in Read.objects.all()]
    for entry in entries:
        (pane,) = panes(client, entry.token)
        assert pane["letter"] == "A"
        answer = begun(client, f"/read/{entry.token}/")
        page = answer.content.decode()
        assert not [token for token in tokens if token in page]
        following = next(one for one in waiting_for(reader.pk) if one.token != entry.token)
        assert answer.context["next_case"]["url"] == f"/read/{following.token}/", "whatever case it belongs to"
        assert not [
            other.token for other in entries if other.token != entry.token and other.token in page.split("next-case")[0]
        ]
    assert [client.get(f"/read/{token}/").status_code for token in tokens] == [404] * len(tokens)


def test_a_begun_timepoint_does_not_mark_the_others_of_its_case(two_cases: BuiltTrial) -> None:
    built_trial = two_cases
    issue(built_trial, "single")
    client, reader = browser(built_trial), built_trial.people["reader"]
    chosen = waiting_for(reader.pk)[2]
    panes(client, chosen.token)
    states = {entry.token: entry.status for entry in waiting_for(reader.pk)}
    assert states.pop(chosen.token) == ReadStatus.OPENED
    assert set(states.values()) == {ReadStatus.ISSUED}


def test_single_timepoints_are_signed_one_by_one_and_make_a_case_together() -> None:
    built_trial = build_reading_trial(subjects=1, visits=WEEKS[:2])
    campaign = issue(built_trial, "single")
    for reader in ("reader", "reader.two"):
        while entries := waiting_for(built_trial.people[reader].pk):
            step = ReadStep.objects.select_related("read__reader").get(pk=entries[0].step)
            assert entries[0].token == step.token
            fill_read(step.read, step=step)
            sign(step.read, step=step)
    run_due_jobs()
    assert {case.status for case in campaign.cases.all()} == {CaseStatus.CONSENSUS}
    done = ReadStep.objects.filter(read__reader=built_trial.people["reader"])[0]
    assert browser(built_trial).get(f"/read/{done.token}/").status_code == 404, (
        "a look back would set timepoints side by side"
    )
    assert "You have no signed case that can be viewed." in browser(built_trial).get("/read/past/").content.decode()


def test_the_hybrid_locks_each_alone_and_only_the_scores_given_together_count() -> None:
    built_trial = build_reading_trial(subjects=1, visits=WEEKS[:2])
    campaign = issue(built_trial, "alone-then-together")
    case, client = campaign.cases.order_by("number")[0], browser(built_trial)
    for read in case.reads.all():
        for place in range(2):
            if read.reader == built_trial.people["reader"]:
                assert [pane["letter"] for pane in panes(client, read.token)] == ["A"]
            fill_read(read, lambda timepoint, item: 3)
            sign(read)
            assert SignedValues.objects.filter(step__read=read).count() == place + 1
        if read.reader == built_trial.people["reader"]:
            assert [pane["letter"] for pane in panes(client, read.token)] == ["A", "B"]
            assert not begun(client, f"/read/{read.token}/").context["values"][
                str(panes(client, read.token)[0]["timepoint"])
            ]
        fill_read(read, lambda timepoint, item: 1)
        sign(read)
    run_due_jobs()
    result = opened_result(CaseResult.objects.get(case=case))["numbers"]["result"]
    assert [Fraction(one["total"]["value"]) for one in result["totals"]] == [32, 32]
    kept = [json.loads(signed.values)["counts"] for signed in SignedValues.objects.filter(step__read__case=case)]
    assert sorted(kept) == [False] * 4 + [True] * 2


def test_a_returned_hybrid_opens_its_last_step_alone() -> None:
    built_trial = build_reading_trial(subjects=1, visits=WEEKS[:2])
    issue(built_trial, "alone-then-together")
    read = first_read(built_trial)
    read_through(read)
    return_read(read=read, **built_trial.signs("coordinator"), reason="incomplete", note="")
    assert [step.locked_at is None for step in read.steps.order_by("position")] == [False, False, True]


@pytest.mark.parametrize("presentation", ["together-random", "single"])
def test_random_presentations_store_an_order_that_is_not_the_true_one_for_all(presentation: str) -> None:
    built_trial = build_reading_trial(subjects=3, visits=WEEKS)
    campaign = open_campaign_of(built_trial, presentation=presentation, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    orders = set()
    for read in Read.objects.filter(kind=ReadKind.PRIMARY):
        weeks = weeks_of(read)
        shown = DisplayedTimepoint.objects.filter(step__read=read).order_by("step__position", "position")
        orders.add(tuple(weeks[one.token] for one in shown))
    assert len(orders) > 1
