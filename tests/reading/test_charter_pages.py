"""The charter, qualifications and training records as those see them who write and who audit."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from reading.models import TrainingResult
from tests.reading.builders import BuiltTrial, build_house, open_campaign_of

pytestmark = pytest.mark.django_db
BASE = "/trials/TWO/"


@pytest.fixture
def house() -> BuiltTrial:
    return build_house(subjects=1, visits=("W00", "W24"))


def browser(house: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(house.people[who], backend=BACKEND)
    return client


def test_an_auditor_reads_charter_qualifications_and_training_and_changes_none(house: BuiltTrial) -> None:
    campaign = open_campaign_of(house)
    TrainingResult.objects.create(
        campaign=campaign, reader=house.people["reader"], inputs_digest="0" * 64, figures={"status": 0.97}, passed=True
    )
    client = browser(house, "auditor")
    pages = {path: client.get(BASE + path).content.decode() for path in ("charter/", "charter/1/", "qualifications/")}
    assert "Version 1" in pages["charter/"]
    assert "Adjudication threshold" in pages["charter/1/"]
    assert "test set" in pages["qualifications/"]
    assert "Passed" in pages["qualifications/"]
    assert "0.97" not in pages["qualifications/"]
    offered = ("Amend", "Write the charter", "Sign the charter", "Record the qualification", "Withdraw")
    assert [words for words in offered for text in pages.values() if words in text] == []
    for path in ("charter/1/", "qualifications/"):
        assert client.post(BASE + path, {"password": "any"}).status_code == 403
    csv = b"".join(client.get(f"{BASE}qualifications/?training-format=csv")).decode()
    assert "C1,Passed" in csv
