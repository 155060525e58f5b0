"""Whether cases show films of rescue and unscheduled visits follows the charter, when opened and when issued again."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.opening import cases_with_other_films, create_campaign, open_campaign, why_not
from reading.charter.versions import draft_charter, sign_charter
from reading.forms.campaign import OpenForm
from reading.issuing.assignments import void_and_reissue
from reading.models import Campaign, Case
from studies.models import Film, Subject, Visit
from tests.reading.builders import VIEWS, BuiltTrial, add_ready_films, build_reading_trial, scanned
from tests.refused import said
from tests.tracking import record_new_rows

pytestmark = pytest.mark.django_db
PLANNED = ["W00", "W24"]


@pytest.fixture
def built() -> BuiltTrial:
    """Three subjects of two planned visits; one was rescued, with films of that day."""
    made = build_reading_trial(subjects=3, visits=("W00", "W24"))
    outside(made, made.subjects[0], "RES-1", "rescue")
    return made


def outside(built: BuiltTrial, subject: Subject, code: str, kind: str) -> None:
    """A visit outside the plan with its four films."""
    visit = Visit.objects.create(subject=subject, code=code, kind=kind)
    add_ready_films((visit, side, view, date(2025, 5, 1)) for side, view in VIEWS)
    record_new_rows(built.trial.code)


def in_preparation(built: BuiltTrial, rule: str) -> Campaign:
    actor, terms = built.actor("coordinator"), {"instrument": "larsen-1995", "outside_visits": rule}
    charter = draft_charter(trial=built.trial, actor=actor, terms=terms)
    charter = sign_charter(charter=charter, **built.signs("coordinator"))
    campaign = create_campaign(trial=built.trial, actor=actor, charter=charter, code="C1", title="First")
    scanned(campaign)
    return campaign


def opened(built: BuiltTrial, rule: str, visits: list[str]) -> Campaign:
    campaign = in_preparation(built, rule)
    open_campaign(campaign=campaign, actor=built.actor("coordinator"), subjects=built.subjects, visits=visits)
    campaign.refresh_from_db()
    return campaign


def shown_of(case: Case) -> list[str]:
    """The visits that a case shows, in true order."""
    codes = dict(Visit.objects.values_list("pk", "code"))
    return [codes[timepoint.visit] for timepoint in open_case_seal(case).timepoints]


def case_of(campaign: Campaign, subject: Subject) -> Case:
    cases = campaign.cases.live().select_related("campaign__charter", "campaign__trial")
    return next(case for case in cases if open_case_seal(case).subject == subject.pk)


@pytest.mark.parametrize(
    ("rule", "visits", "rescued"),
    [
        ("chosen", PLANNED, ["W00", "W24"]),
        ("chosen", [*PLANNED, "RES-1"], ["W00", "RES-1", "W24"]),
        ("left-out", PLANNED, ["W00", "W24"]),
        ("shown", PLANNED, ["W00", "RES-1", "W24"]),
    ],
)
def test_a_case_has_the_visits_that_the_charter_lets_it_have(
    built: BuiltTrial, rule: str, visits: list[str], rescued: list[str]
) -> None:
    campaign = opened(built, rule, visits)
    assert shown_of(case_of(campaign, built.subjects[0])) == rescued
    assert shown_of(case_of(campaign, built.subjects[1])) == PLANNED


def test_a_visit_that_the_charter_leaves_out_cannot_be_chosen(built: BuiltTrial) -> None:
    campaign, actor = in_preparation(built, "left-out"), built.actor("coordinator")
    text = said(open_campaign, campaign=campaign, actor=actor, subjects=built.subjects, visits=[*PLANNED, "RES-1"])
    assert text == ("Charter version 1 leaves out visits outside the plan. Choose visits of the plan, without RES-1.")


@pytest.mark.parametrize(
    ("rule", "offered", "says"),
    [
        ("chosen", ["RES-1", *PLANNED], ""),
        ("left-out", PLANNED, "Under the charter, visits outside the plan are not shown."),
        ("shown", PLANNED, "Under the charter, visits outside the plan are shown as well."),
    ],
)
def test_the_form_offers_what_is_to_be_chosen(built: BuiltTrial, rule: str, offered: list[str], says: str) -> None:
    field = OpenForm(in_preparation(built, rule)).fields["visits"]
    assert ([code for code, _ in field.choices], field.help_text) == (offered, says)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("rule", "again"), [("left-out", PLANNED), ("shown", ["W00", "UNS-1", "W24"])])
def test_a_case_issued_again_follows_the_charter_for_visits_that_came_later(
    built: BuiltTrial, rule: str, again: list[str]
) -> None:
    campaign = opened(built, rule, PLANNED)
    outside(built, built.subjects[1], "UNS-1", "unscheduled")
    changed = {case.pk for case, _ in cases_with_other_films(campaign)}
    case = case_of(campaign, built.subjects[1])
    assert (case.pk in changed) == (rule == "shown")
    new = void_and_reissue(case=case, reason="A name on a film", **built.signs("coordinator"))
    assert new is not None
    assert shown_of(new) == again


def test_a_campaign_opens_without_the_baseline_only_if_that_is_confirmed(built: BuiltTrial) -> None:
    """Such as one after an interim: it reads the baseline again, or it has no change."""
    in_preparation(built, "chosen")
    client, page = Client(), "/trials/TWO/campaigns/C1/"
    client.force_login(built.people["coordinator"], backend=BACKEND)
    chosen = {"visits": ["W24", "RES-1"]}
    refused = " ".join(client.post(page, chosen).content.decode().split())
    assert (
        "The chosen visits do not include the baseline W00. The dataset would have no change, because it uses no "
        "scores of another campaign. Choose W00 as well, or confirm that the campaign opens without it."
    ) in refused
    assert Campaign.objects.get().status == "draft"
    assert client.post(page, chosen | {"without_baseline": "on"}).status_code == 302
    assert Campaign.objects.get().status == "open"


def test_before_a_campaign_opens_the_subjects_without_a_film_of_the_baseline_are_named(built: BuiltTrial) -> None:
    """S000 has W24 and the rescue visit; S001 would not be read at all."""
    Film.objects.filter(subject__in=built.subjects[:2], visit__code="W00").update(status="deidentified")
    notes = [obstacle.text for obstacle in why_not(in_preparation(built, "chosen")) if not obstacle.blocking]
    assert "1 subject has no ready film of the baseline W00, so their changes would be missing: S000." in notes
    assert "1 subject has ready films at fewer than 2 timepoints and would not be read: S001 (1)." in notes
