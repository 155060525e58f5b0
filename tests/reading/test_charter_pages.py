"""The charter, qualifications and training records as those see them who write and who audit."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from reading.charter.versions import draft_charter, sign_charter
from reading.forms.charter import CharterForm
from reading.forms.charter_sections import BEGINNINGS, IDLE_WITH
from reading.models import TrainingResult
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of

pytestmark = pytest.mark.django_db
BASE = "/trials/TWO/"


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def browser(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def test_an_auditor_reads_charter_qualifications_and_training_and_changes_none(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial)
    TrainingResult.objects.create(
        campaign=campaign,
        reader=built_trial.people["reader"],
        inputs_digest="0" * 64,
        figures={name: {"value": 0.97, "met": True} for name in ("status", "change", "sdc", "kappa")},
        passed=True,
    )
    client = browser(built_trial, "auditor")
    pages = {path: client.get(BASE + path).content.decode() for path in ("charter/", "charter/1/", "qualifications/")}
    assert "Version 1" in pages["charter/"]
    assert "Adjudicate above a difference of" in pages["charter/1/"]
    assert "test set" in pages["qualifications/"]
    assert "Passed" in pages["qualifications/"]
    assert "0.97" not in pages["qualifications/"]
    offered = ("Amend", "Write the charter", "Sign the charter", "Record the qualification", "Withdraw")
    assert [words for words in offered for text in pages.values() if words in text] == []
    for path in ("charter/1/", "qualifications/"):
        assert client.post(BASE + path, {"password": "any"}).status_code == 403
    csv = b"".join(client.get(f"{BASE}qualifications/?training-format=csv")).decode()
    assert "C1,Passed" in csv


def amended(built_trial: BuiltTrial, **terms: object) -> None:
    """The next version, signed."""
    actor = built_trial.actor("coordinator")
    charter = draft_charter(trial=built_trial.trial, actor=actor, terms={"instrument": "larsen-1995", **terms})
    sign_charter(charter=charter, **built_trial.signs("coordinator"))


def test_every_term_stands_in_one_section_and_its_help_has_an_example(built_trial: BuiltTrial) -> None:
    form = CharterForm(built_trial.trial)
    placed = [row.field.name for section in form.sections for row in section.rows]
    assert placed == list(form.fields)
    assert [name for name in placed if "Example:" not in str(form.fields[name].help_text)] == []
    assert set(IDLE_WITH) | {other for other, _ in IDLE_WITH.values()} <= set(form.fields)
    assert set(BEGINNINGS) <= set(form.fields)


def test_sections_under_more_open_where_a_default_was_changed(built_trial: BuiltTrial) -> None:
    client, page = browser(built_trial, "coordinator"), f"{BASE}charter/write/"
    assert "<details open>" not in client.get(page).content.decode()
    amended(built_trial, cases_per_day=40)
    shown = client.get(page).content.decode()
    assert shown.count("<details open>") == 1
    assert 'data-idle-beside="cases_per_sitting" data-idle-with="0"' in shown


def test_the_signed_charter_reads_in_plain_words_and_says_what_an_amendment_changed(built_trial: BuiltTrial) -> None:
    amended(built_trial)
    amended(built_trial, cases_per_day=40, concordant_share=0.2, repeats_share=0.1, qualification_required=False)
    amended(built_trial, cases_per_day=41, concordant_share=0.2)
    client = browser(built_trial, "auditor")
    page = client.get(f"{BASE}charter/1/").content.decode()
    facts = dict(re.findall(r"<dt>([^<]*)</dt>\s*<dd>\s*([^<]*?)\s*</dd>", page))
    assert facts["Cases per day"] == "No limit"
    assert facts["Days before a case is repeated"] == "Does not apply with the other choices"
    assert facts["Share of hidden repeats"] == "None"
    assert facts["Only readers with a recorded qualification may read"] == "Yes"
    assert "Changes from" not in page
    changes = list(csv.reader(io.StringIO(b"".join(client.get(f"{BASE}charter/2/?changes-format=csv")).decode())))
    assert [row[1:] for row in changes[1:]] == [
        ["Only readers with a recorded qualification may read", "Yes", "No"],
        ["Share of concordant cases in the adjudicators' queue", "10 %", "20 %"],
        ["Share of hidden repeats", "None", "10 %"],
        ["Days before a case is repeated", "Does not apply with the other choices", "28 days"],
        ["Cases per day", "No limit", "40 cases"],
    ]
    assert "Changes from version 2" in client.get(f"{BASE}charter/3/").content.decode()
    against = client.get(f"{BASE}charter/3/?against=1").content.decode()
    assert "Changes from version 1" in against
    assert "41 cases" in against
    assert [client.get(f"{BASE}charter/3/?against={other}").status_code for other in ("3", "9", "x")] == [404] * 3


def test_versions_with_the_same_terms_say_so(built_trial: BuiltTrial) -> None:
    amended(built_trial)
    amended(built_trial)
    assert (
        "The two versions have the same terms."
        in browser(built_trial, "auditor").get(f"{BASE}charter/2/").content.decode()
    )
