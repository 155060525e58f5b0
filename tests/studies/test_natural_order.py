"""Codes of subjects, sites and visits come in the order in which people count, in every list, select and CSV."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

import instruments
from config.errors import BadInput
from config.natural import natural_key
from reading.campaigns.reference_table import demand_all
from reading.charter.versions import draft_charter
from reading.forms.campaign import OpenForm
from reading.forms.moving import MoveForm
from scoring.ratings.visits import by_mean_place
from scoring.site_months import site_months
from studies.forms.desk import AcceptForm
from studies.forms.upload import UploadForm
from studies.models import Subject, VisitKind
from studies.plan.subjects import enrol
from studies.plan.tally import States
from studies.plan.trials import add_site
from studies.plan.visits import add_visit
from studies.questions.threads import ask
from tests.reading.builders import build_reading_trial, open_campaign_of
from tests.studies.planned import SETTING_UP, Planned, film_of

SITES = ["01", "02", "3", "11", "A-2", "A-10"]
VISITS = ["BL", "W24", "UNS-2", "UNS-10", "UNS-100"]
CODES = ["01-001", "01-2", "01-9", "01-10", "01-100", "A-2", "a-11", "B 3"]


@pytest.fixture
def many(ra1: Planned) -> Planned:
    """Subjects enrolled in an order that is none, each with a film."""
    for code in sorted(CODES[1:], reverse=True):
        subject = enrol(trial=ra1.trial, site=ra1.sites[0], code=code, actor=SETTING_UP)
        film_of(subject.visits.get(code="BL"))
    film_of(ra1.visit())
    return ra1


def codes_in(planned: Planned, who: str, path: str, column: str) -> list[str]:
    """The codes of a column of a CSV list, each once."""
    text = b"".join(planned.client(who).get(planned.url(path))).decode("utf-8-sig")
    heads, *rows = [line.split(",") for line in text.splitlines()]
    return list(dict.fromkeys(row[heads.index(column)] for row in rows))


def test_numbers_in_a_code_are_numbers() -> None:
    assert sorted([*CODES[4:], *CODES[:4]], key=natural_key) == CODES


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("coordinator", "films/?format=csv&sort=subject"),
        ("coordinator", "visits/?format=csv&sort=subject"),
        ("coordinator", "set-up/subjects/?format=csv&sort=subject"),
        ("coordinator", "desk/?format=csv&sort=subject"),
        ("coordinator", "completeness/?format=csv&sort=subject"),
        ("site 01", "site/?format=csv&sort=subject"),
        ("site 01", "site/films/?format=csv&sort=subject"),
    ],
)
def test_a_csv_sorted_by_subject_has_them_as_people_count(many: Planned, who: str, path: str) -> None:
    assert [code for code in codes_in(many, who, path, "Subject") if code in CODES] == CODES


def test_selects_offer_subjects_as_people_count(many: Planned) -> None:
    groups = [group for group, _ in list(UploadForm(many.sites[0]).fields["visit"].choices)[1:]]  # type: ignore[attr-defined]
    assert groups == CODES
    film = many.subjects[0].films.first()
    assert film is not None
    offered = AcceptForm(film).fields["visit"].queryset  # type: ignore[attr-defined]
    assert list(dict.fromkeys(visit.subject.code for visit in offered)) == CODES
    own = Subject.objects.filter(site=many.sites[0])
    assert [subject.code for subject in own] == CODES


@pytest.fixture
def many_sites(ra1: Planned) -> Planned:
    """Sites added in an order that is none, each with a subject, a film and a question."""
    for code in sorted(SITES[2:]):
        site = add_site(trial=ra1.trial, code=code, name="", actor=SETTING_UP)
        enrol(trial=ra1.trial, site=site, code=f"{code}-1", actor=SETTING_UP)
    for subject in ra1.trial.subjects.all():
        film_of(subject.visits.get(code="BL"))
        ask(trial=ra1.trial, text="Which hand?", actor=ra1.actor("coordinator"), visit=subject.visits.get(code="BL"))
    return ra1


@pytest.mark.parametrize(
    "path",
    [
        "set-up/sites/?format=csv&sort=site",
        "set-up/subjects/?format=csv&sort=site",
        "films/?format=csv&sort=site",
        "visits/?format=csv&sort=site",
        "desk/?format=csv&sort=site",
        "questions/?format=csv&sort=site",
        "completeness/?format=csv&sort=site",
    ],
)
def test_a_csv_sorted_by_site_has_them_as_people_count(many_sites: Planned, path: str) -> None:
    assert codes_in(many_sites, "coordinator", path, "Site") == SITES


def test_sites_are_offered_and_counted_by_month_as_people_count(many_sites: Planned) -> None:
    assert [site.code for site in many_sites.trial.sites.all()] == SITES
    months = [row.site for row in site_months(many_sites.trial, timezone.localdate())]
    assert months == SITES * (len(months) // len(SITES))
    page = many_sites.client("coordinator").get(many_sites.url("sites-by-month/")).content.decode()
    assert re.findall(r'<option value="([^"]+)"[^>]*>\1</option>', page)[-len(SITES) :] == SITES


@pytest.fixture
def many_visits(ra1: Planned) -> Planned:
    """Visits outside the plan, added in the order of their codes as text; each visit with a film and a question."""
    for code in sorted(VISITS[2:]):
        add_visit(subject=ra1.subjects[0], code=code, kind=VisitKind.UNSCHEDULED, actor=SETTING_UP)
    for visit in ra1.subjects[0].visits.all():
        film_of(visit)
        ask(trial=ra1.trial, text="Which hand?", actor=ra1.actor("coordinator"), visit=visit)
    return ra1


@pytest.mark.parametrize("path", ["films/?format=csv&sort=visit", "desk/?format=csv&sort=visit"])
def test_a_csv_sorted_by_visit_has_those_outside_the_plan_last_as_people_count(many_visits: Planned, path: str) -> None:
    assert codes_in(many_visits, "coordinator", path, "Visit") == VISITS


def test_questions_sorted_by_visit_have_them_as_people_count(many_visits: Planned) -> None:
    found = codes_in(many_visits, "coordinator", "questions/?format=csv&sort=visit", "Visit")
    assert found == sorted(VISITS, key=natural_key)


def test_visits_outside_the_plan_are_listed_and_offered_as_people_count(many_visits: Planned) -> None:
    states = States(many_visits.trial, timezone.localdate(), many_visits.sites[0])
    assert [state.visit.code for state in states] == VISITS
    assert [row.pk for row in states.rows] == [state.visit.pk for state in states]
    film = many_visits.subjects[0].films.all()[0]
    for form in (AcceptForm(film), MoveForm(film)):
        offered = [visit.code for visit in form.fields["visit"].queryset]  # type: ignore[attr-defined]
        assert [code for code in offered if code in VISITS[2:]] == VISITS[2:]
    ((_, visits),) = list(UploadForm(many_visits.sites[0]).fields["visit"].choices)[1:]  # type: ignore[attr-defined]
    assert [name.split(" · ")[1] for _, name in visits if "UNS" in name] == VISITS[2:]


def test_agreement_lists_visits_of_one_place_as_people_count() -> None:
    assert by_mean_place([["UNS-10"], ["UNS-2"]]) == ("UNS-2", "UNS-10")


def test_visits_are_offered_as_people_count(db: None) -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W104", "W24", "W8", "W00"))
    offered = OpenForm(open_campaign_of(built_trial)).fields["visits"].choices  # type: ignore[attr-defined]
    assert [code for code, _ in offered] == ["W00", "W8", "W24", "W104"]
    with pytest.raises(BadInput, match="Choose W00, W8, W24 or W104."):
        draft_charter(trial=built_trial.trial, actor=built_trial.actor("coordinator"), terms={"reference_visit": "W9"})


def test_the_first_of_the_missing_is_the_first_as_people_count() -> None:
    wanted = {("S10", "W0"), ("S2", "W104"), ("S2", "W8")}
    with pytest.raises(BadInput, match="missing for subject S2, visit W8"):
        demand_all(instruments.get("svdh"), {}, wanted)
