"""Codes of subjects and visits come in the order in which people count, in every list, select and CSV."""

from __future__ import annotations

import pytest

import instruments
from config.errors import BadInput
from config.natural import natural_key
from reading.campaigns.reference_table import demand_all
from reading.charter.versions import draft_charter
from reading.forms.campaign import OpenForm
from studies.forms.desk import AcceptForm
from studies.forms.upload import UploadForm
from studies.models import Subject
from studies.plan.subjects import enrol
from tests.reading.builders import build_reading_trial
from tests.studies.planned import SETTING_UP, Planned, film_of

CODES = ["01-001", "01-2", "01-9", "01-10", "01-100", "A-2", "a-11", "B 3"]


@pytest.fixture
def many(ra1: Planned) -> Planned:
    """Subjects enrolled in an order that is none, each with a film."""
    for code in sorted(CODES[1:], reverse=True):
        subject = enrol(trial=ra1.trial, site=ra1.sites[0], code=code, actor=SETTING_UP)
        film_of(subject.visits.get(code="BL"))
    film_of(ra1.visit())
    return ra1


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
    answer = many.client(who).get(many.url(path))
    text = b"".join(answer).decode()
    heads, *rows = [line.split(",") for line in text.lstrip("\ufeff").splitlines()]
    codes = [row[heads.index("Subject")] for row in rows]
    assert [code for code in dict.fromkeys(codes) if code in CODES] == CODES


def test_selects_offer_subjects_as_people_count(many: Planned) -> None:
    groups = [group for group, _ in list(UploadForm(many.sites[0]).fields["visit"].choices)[1:]]  # type: ignore[attr-defined]
    assert groups == CODES
    film = many.subjects[0].films.first()
    assert film is not None
    offered = AcceptForm(film).fields["visit"].queryset  # type: ignore[attr-defined]
    assert list(dict.fromkeys(visit.subject.code for visit in offered)) == CODES
    own = Subject.objects.filter(site=many.sites[0])
    assert [subject.code for subject in own] == CODES


def test_visits_are_offered_as_people_count(db: None) -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W104", "W24", "W8", "W00"))
    offered = OpenForm(built_trial.trial).fields["visits"].choices  # type: ignore[attr-defined]
    assert [code for code, _ in offered] == ["W00", "W8", "W24", "W104"]
    with pytest.raises(BadInput, match="Choose W00, W8, W24 or W104."):
        draft_charter(trial=built_trial.trial, actor=built_trial.actor("coordinator"), terms={"reference_visit": "W9"})


def test_the_first_of_the_missing_is_the_first_as_people_count() -> None:
    wanted = {("S10", "W0"), ("S2", "W104"), ("S2", "W8")}
    with pytest.raises(BadInput, match="missing for subject S2, visit W8"):
        demand_all(instruments.get("svdh"), {}, wanted)
