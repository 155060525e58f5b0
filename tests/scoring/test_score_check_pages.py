"""The imaging lead's desk: progress to follow and not to change, findings, and a read with its films and values."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.sign_in import BACKEND
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import (
    Campaign,
    CampaignStatus,
    DisplayedFilm,
    DisplayedTimepoint,
    Read,
    ReadStatus,
    SealedTimepoint,
    SignedValues,
)
from reading.seals import seal, unseal
from scoring.checks.rules import RuleFinding
from scoring.checks.signed_sheets import check_campaign
from scoring.consensus.signed_series import AlteredValues
from studies.models import Film, Subject, Visit
from tests.protection import lifted
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, read_through

pytestmark = pytest.mark.django_db
PROGRESS = "/trials/TWO/progress/"
CHECKS = "/trials/TWO/results/C1/checks/"


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


def grade_of(timepoint: DisplayedTimepoint, item: Item) -> int | None:
    """Left PIP 2 is 0 on one timepoint and 4 on the other."""
    return 4 if item.key == "EL-PIP2" and timepoint.letter == "A" else 0


def campaign_of(built_trial: BuiltTrial, **terms: object) -> Campaign:
    """Both cases are issued; the first reader has signed both, the second none."""
    campaign = open_campaign_of(built_trial, instrument="svdh", concordant_share=0.0, **terms)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for read in Read.objects.filter(status=ReadStatus.ISSUED, reader=readers[0]):
        read_through(read, grade_of)
    run_due_jobs()
    return campaign


def browser(built_trial: BuiltTrial, who: str = "lead") -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def lines(client: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(client.get(f"{address}?format=csv")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_lead_follows_every_campaign_and_can_change_none(built_trial: BuiltTrial) -> None:
    client = browser(built_trial)
    assert "The trial has no campaign yet." in client.get(PROGRESS).content.decode()
    campaign_of(built_trial)
    (row,) = lines(client, PROGRESS)
    assert (row["Campaign"], row["Cases with a result"], row["Reads signed"]) == ("C1", "0 of 2", "2 of 4")
    assert CHECKS in client.get(PROGRESS).content.decode()
    cases = client.get("/trials/TWO/campaigns/C1/cases/").content.decode()
    assert "Void and issue again" not in cases
    assert PROGRESS in cases, "the way back is a page that the lead may open"
    own = browser(built_trial, "coordinator")
    assert "Void and issue again" in own.get("/trials/TWO/campaigns/C1/cases/").content.decode()
    assert "Score checks" not in own.get(PROGRESS).content.decode()


def test_a_finding_leads_to_the_films_and_values_of_its_read_with_the_joint_marked(built_trial: BuiltTrial) -> None:
    campaign_of(built_trial)
    client = browser(built_trial)
    rows = lines(client, CHECKS)
    assert {(row["Reader"], row["Check"], row["Joints"]) for row in rows} == {
        ("reader", "Difference of 3 or more grades", "left hand PIP 2")
    }
    read = Read.objects.filter(status=ReadStatus.SIGNED)[0]
    page = client.get(f"{CHECKS}{read.token}/")
    assert page["Cache-Control"] == "private, no-store"
    (marked,) = [row for row in page.context["values"] if row.marked]
    assert (marked.joint, marked.feature, sorted(marked.entries)) == ("Left hand PIP 2", "Erosion", ["0", "4"])
    film = DisplayedFilm.objects.filter(timepoint__step__read=read, reader_image__isnull=False)[0]
    assert client.get(f"{CHECKS}films/{film.token}.jpg")["Content-Type"] == "image/jpeg"


def test_what_the_true_order_shows_is_reported_once_the_campaign_is_closed(built_trial: BuiltTrial) -> None:
    """Left PIP 2 is 4 under letter A and 0 under B: a decrease in the cases of which A is the earlier visit."""
    campaign = campaign_of(built_trial)
    client = browser(built_trial)
    assert "Decrease of 2 or more grades" not in {row["Check"] for row in lines(client, CHECKS)}
    Campaign.objects.update(status=CampaignStatus.CLOSED)
    falls = [row for row in lines(client, CHECKS) if row["Check"] == "Decrease of 2 or more grades"]
    assert {int(row["Case"]) for row in falls} == {read.case.number for read in decreasing(campaign)}
    assert "The campaign is closed" in client.get(CHECKS).content.decode()


def decreasing(campaign: Campaign) -> list[Read]:
    """The signed reads in which letter A shows the first visit."""
    signed = Read.objects.filter(status=ReadStatus.SIGNED, case__campaign=campaign).select_related("case")
    first = Visit.objects.filter(code="W00").values_list("pk", flat=True)
    return [
        read
        for read in signed
        for one in DisplayedTimepoint.objects.filter(step__read=read, letter="A").select_related("sealedtimepoint")
        if unseal(one.sealedtimepoint.sealed, bound_to=f"timepoint {one.token}")["visit"] in set(first)
    ]


def test_only_signed_reads_of_the_campaign_are_opened(built_trial: BuiltTrial) -> None:
    campaign_of(built_trial)
    client = browser(built_trial)
    unsigned = Read.objects.filter(status=ReadStatus.ISSUED)[0]
    assert client.get(f"{CHECKS}{unsigned.token}/").status_code == 404
    film = DisplayedFilm.objects.filter(timepoint__step__read=unsigned)[0]
    assert client.get(f"{CHECKS}films/{film.token}.jpg").status_code == 404


@pytest.mark.parametrize("presentation", ["together-random", "together-ordered", "locked-visits", "single"])
def test_the_pages_are_the_same_whatever_the_true_order_the_dates_and_the_patients_are(
    built_trial: BuiltTrial, presentation: str
) -> None:
    """Two worlds: the sealed order turned round, every film a year later, every subject another."""
    campaign = campaign_of(built_trial, presentation=presentation)
    client = browser(built_trial)
    addresses = [CHECKS, *(f"{CHECKS}{read.token}/" for read in Read.objects.filter(status=ReadStatus.SIGNED))]
    assert len(addresses) == 3
    before, found = [main_of(client, address) for address in addresses], findings_of(campaign)
    with lifted():
        turn_round()
    assert [main_of(client, address) for address in addresses] == before
    assert findings_of(campaign) == found
    assert "W24" not in "".join(before)


def main_of(client: Client, address: str) -> str:
    """The page without what is drawn for each answer."""
    return client.get(address).content.decode().split("<main")[1].split("</main>")[0]


def findings_of(campaign: Campaign) -> list[tuple[int, list[RuleFinding]]]:
    return [(one.read.pk, one.findings) for one in check_campaign(campaign).found]


def turn_round() -> None:
    for sealed in SealedTimepoint.objects.select_related("timepoint"):
        purpose = f"timepoint {sealed.timepoint.token}"
        visit = Visit.objects.get(pk=unseal(sealed.sealed, bound_to=purpose)["visit"])
        other = Visit.objects.filter(subject=visit.subject).exclude(pk=visit.pk).get()
        content = seal({"visit": other.pk}, bound_to=purpose)
        SealedTimepoint.objects.filter(pk=sealed.pk).update(sealed=content)
    Film.objects.update(film_date=F("film_date") + timedelta(days=365))
    Subject.objects.update(code=Concat(Value("X"), "code"))


def test_values_that_differ_from_what_was_signed_are_not_checked(built_trial: BuiltTrial) -> None:
    campaign = campaign_of(built_trial)
    with lifted():
        SignedValues.objects.update(digest="0" * 64)
    with pytest.raises(AlteredValues, match="differ from what was signed"):
        check_campaign(campaign)


def test_the_checks_take_as_many_queries_for_one_read_as_for_four() -> None:
    counts = []
    for number, code in ((1, "ONE"), (4, "FOUR")):
        built_trial = build_reading_trial(subjects=number, visits=("W00", "W24"), code=code)
        campaign_of(built_trial)
        client = browser(built_trial)
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/trials/{code}/results/C1/checks/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
