"""A charter begins with a preset, and is kept on paper as it was signed."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from reading.charter.presets import PRESETS
from reading.charter.terms import Terms, read_terms
from reading.charter.versions import draft_charter, sign_charter
from reading.forms.charter import CharterForm
from reading.forms.charter_pdf import blocks_of
from reading.models import Charter
from tests.reading.builders import BuiltTrial, build_reading_trial

pytestmark = pytest.mark.django_db
WRITE, PRINTED = "/trials/TWO/charter/write/", "/trials/TWO/charter/1.pdf"


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def client_of(built: BuiltTrial, name: str) -> Client:
    client = Client()
    client.force_login(built.people[name], backend=BACKEND)
    return client


def drafted(built: BuiltTrial, **terms: object) -> Charter:
    given = {"instrument": "larsen-1995", **terms}
    return draft_charter(trial=built.trial, actor=built.actor("coordinator"), terms=given)


def lines_of(charter: Charter) -> list[str]:
    """What the printed version says, line by line."""
    words = CharterForm(charter.trial).in_words(read_terms(charter.terms).as_json())
    return [line for block in blocks_of(charter, words) for line in block]


def test_each_preset_has_allowed_terms_that_differ_from_the_defaults() -> None:
    for preset in PRESETS:
        terms = read_terms(preset.terms)
        same = [
            name for name, value in preset.terms.items() if value == getattr(Terms(), name) and name != "instrument"
        ]
        assert (preset.key, same) == (preset.key, [])
        assert terms.reference_visit == "", "visits belong to a trial"
    assert len({preset.key for preset in PRESETS}) == len(PRESETS) == 3


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_preset_fills_in_the_whole_form_and_saves_nothing(built: BuiltTrial, preset: object) -> None:
    drafted(built, cases_per_day=40)
    client, chosen = client_of(built, "coordinator"), next(one for one in PRESETS if one == preset)
    answer = client.get(f"{WRITE}?preset={chosen.key}")
    page, form = answer.content.decode(), answer.context["form"]
    assert f"The form is filled in with the preset “{chosen.title}”. Nothing is saved until you save the draft." in page
    shown = {name: form[name].value() for name in form.fields}
    assert {name: shown[name] for name in chosen.terms} == chosen.terms
    assert shown["cases_per_day"] == 0, "a default, not the draft's"
    assert Charter.objects.get().terms["cases_per_day"] == 40
    assert client.post(f"{WRITE}?preset={chosen.key}", typed(shown)).status_code == 302
    assert Charter.objects.get().terms == Terms(**chosen.terms).as_json()


def typed(shown: dict[str, object]) -> dict[str, object]:
    """The form as a browser sends it: a box that is not ticked is left out."""
    return {name: value for name, value in shown.items() if value is not None and value is not False}


def test_without_a_preset_the_form_has_the_newest_version(built: BuiltTrial) -> None:
    drafted(built, cases_per_day=40)
    client = client_of(built, "coordinator")
    for address in (WRITE, f"{WRITE}?preset=unknown"):
        answer = client.get(address)
        assert answer.context["form"]["cases_per_day"].value() == 40
        assert "The form is filled in with" not in answer.content.decode()


def test_the_printed_charter_has_the_signature_and_every_term_in_the_words_of_the_page(built: BuiltTrial) -> None:
    charter = drafted(built, outside_visits="left-out")
    assert "DRAFT, NOT SIGNED" in lines_of(charter)
    charter = sign_charter(charter=charter, **built.signs("coordinator"))
    lines = lines_of(charter)
    assert "CHARTER OF TRIAL TWO, VERSION 1" in lines
    said = re.sub(r"\s+", " ", " ".join(lines))
    assert "Signed by coordinator" in said
    assert f"SHA-256 of the terms {charter.digest[:52]}" in said
    assert "WHAT READERS SEE" in lines
    assert "Cases per day No limit" in said
    assert any(line.endswith("Never shown: a case has the films of planned visits") for line in lines)
    assert max(map(len, lines)) <= 94


def test_the_coordinator_and_the_auditor_keep_the_charter_as_a_file(built: BuiltTrial) -> None:
    sign_charter(charter=drafted(built), **built.signs("coordinator"))
    for who in ("coordinator", "auditor"):
        client = client_of(built, who)
        assert PRINTED in client.get("/trials/TWO/charter/1/").content.decode()
        answer = client.get(PRINTED)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'attachment; filename="charter-TWO-version-1.pdf"'
        assert answer.content.startswith(b"%PDF-")
        assert re.search(rb"/MediaBox\s*\[\s*0 0 595\.\d+ 841\.\d+\s*\]", answer.content)
