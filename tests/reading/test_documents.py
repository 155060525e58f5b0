"""Which documents readers have signed: who lacks what, what issuing says about it, and who may see it."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sign_in import BACKEND
from audit.models import Event
from audit.verify_trial import verify_trial
from config.errors import BadInput, NotAllowed, WrongState
from jobs.carrying import run_due_jobs
from reading.charter.documents import documents_of, lacking_documents, record_document, withdraw_document
from reading.charter.versions import current_charter
from reading.models import Campaign, DocumentKind, Read, ReaderDocument
from studies.desk import confirmed
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of

pytestmark = pytest.mark.django_db
ADDRESS = "/trials/TWO/reader-documents/"
ASSIGN = "/trials/TWO/campaigns/C1/assign/"


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def recorded(built: BuiltTrial, kind: str = "cv", name: str = "reader", **changes: Any) -> ReaderDocument:
    given = {"signed_on": days_ago(0), "actor": built.actor("coordinator"), **changes}
    return record_document(trial=built.trial, person=built.people[name], kind=kind, **given)


def states_of(built: BuiltTrial, name: str = "reader") -> dict[str, str]:
    """Where each document of a person stands."""
    found = documents_of(built.trial, current_charter(built.trial))
    standings = next(one.standings for one in found if one.person == built.people[name])
    return {kind.value: one.state for kind, one in standings.items()}


def client_of(built: BuiltTrial, name: str) -> Client:
    client = Client()
    client.force_login(built.people[name], backend=BACKEND)
    return client


def csv_of(client: Client, parameter: str) -> list[str]:
    return b"".join(client.get(f"{ADDRESS}?{parameter}=csv")).decode("utf-8-sig").splitlines()


def test_the_newest_entry_decides_what_a_reader_lacks(built: BuiltTrial) -> None:
    open_campaign_of(built)
    assert set(states_of(built).values()) == {"missing"}
    recorded(built, "cv", signed_on=days_ago(800), expires_on=days_ago(1))
    recorded(built, "charter", signed_on=days_ago(1))
    recorded(built, "interests", expires_on=days_ago(0))
    assert states_of(built) == {"cv": "expired", "interests": "signed", "guide": "missing", "charter": "outdated"}
    (said,) = [one.sentence for one in lacking_documents(current_charter(built.trial), [built.people["reader"]])]  # type: ignore[arg-type]
    assert said == (
        f"reader: CV (expired on {days_ago(1):%Y-%m-%d}); Reading guide, read and signed (missing); "
        f"Charter, read and signed (signed on {days_ago(1):%Y-%m-%d}, before the charter in force)."
    )
    recorded(built, "cv")
    recorded(built, "charter")
    assert states_of(built) == {"cv": "signed", "interests": "signed", "guide": "missing", "charter": "signed"}
    assert set(states_of(built, "adjudicator").values()) == {"missing"}


def test_a_withdrawn_entry_no_longer_counts_and_stays_in_the_list(built: BuiltTrial) -> None:
    held = recorded(built)
    client = client_of(built, "coordinator")
    client.post(f"{ADDRESS}{held.pk}/withdraw/", {"reason": "Of another reader"})
    assert states_of(built)["cv"] == "missing"
    assert client.get(ADDRESS).content.decode().count("/withdraw/") == 0
    assert len(csv_of(client, "format")) == 2
    late = client.post(f"{ADDRESS}{held.pk}/withdraw/", {"reason": "Of another reader"}).content.decode()
    assert "The entry “CV” of reader has already been withdrawn." in late
    recorded(built)
    assert states_of(built)["cv"] == "signed"
    actions = [event.action for event in Event.objects.filter(action__startswith="reading.document.")]
    assert sorted(actions) == ["reading.document.recorded", "reading.document.recorded", "reading.document.withdrawn"]
    assert verify_trial("TWO", {}).intact


def test_the_coordinator_records_and_the_auditor_reads_the_same_lists_and_the_sponsor_none(built: BuiltTrial) -> None:
    coordinator = client_of(built, "coordinator")
    given = {"person": built.people["reader"].pk, "kind": "guide", "signed_on": "2025-03-01", "note": "In the file"}
    assert "Recorded for reader: Reading guide, read and signed." in (
        coordinator.post(ADDRESS, given, follow=True).content.decode()
    )
    people, entries = csv_of(coordinator, "people-format"), csv_of(coordinator, "format")
    assert [line.split(",")[:2] for line in people[1:]] == [["adjudicator", "4"], ["reader.two", "4"], ["reader", "3"]]
    assert entries[1].startswith('reader,"Reading guide, read and signed",2025-03-01,,In the file,')
    client = client_of(built, "auditor")
    assert (csv_of(client, "people-format"), csv_of(client, "format")) == (people, entries)
    page = client.get(ADDRESS).content.decode()
    assert "Record a document" not in page
    assert "/withdraw/" not in page
    assert client.post(ADDRESS, given).status_code == 403
    sponsor = client_of(built, "sponsor")
    assert (sponsor.get(ADDRESS).status_code, sponsor.post(ADDRESS, given).status_code) == (403, 403)
    assert "Reader documents" not in sponsor.get("/", follow=True).content.decode()


def test_cases_are_issued_without_the_documents_with_a_warning_that_names_the_readers(built: BuiltTrial) -> None:
    campaign: Campaign = open_campaign_of(built)
    for kind in DocumentKind:
        recorded(built, kind, "reader.two")
    client = client_of(built, "coordinator")
    page = client.get(ASSIGN).content.decode()
    assert "<li>reader: CV (missing); Conflict of interest statement (missing);" in page
    assert "<li>reader.two: " not in page
    readers = [built.people[name].pk for name in ("reader", "reader.two")]
    given = {"name": "one", "size": 2, "readers": readers, "release": 1}
    page = client.post(ASSIGN, given, follow=True).content.decode()
    assert "Signed documents are missing. reader: CV (missing);" in page
    assert "Signed documents are missing. reader.two" not in page
    run_due_jobs()
    assert Read.objects.filter(case__campaign=campaign, reader=built.people["reader"]).exists()
    read = Read.objects.filter(reader=built.people["reader.two"])[0]
    replacing = f"/trials/TWO/campaigns/C1/reads/{read.pk}/replace/"
    assert "<li>reader: CV (missing);" in client.get(replacing).content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "diploma"}, "The document “diploma” is not valid. Choose “CV”, “Conflict of interest statement”"),
        ({"signed_on": date(2190, 1, 1)}, "A document cannot be signed on 2190-01-01, which is in the future."),
        (
            {"signed_on": date(2025, 3, 1), "expires_on": date(2025, 2, 28)},
            "A document signed on 2025-03-01 cannot expire on 2025-02-28. Enter a later day, or none.",
        ),
        ({"name": "lead"}, "Choose a reader or adjudicator of trial TWO. lead is neither."),
        ({"note": "x" * 301}, "The note has 301 characters. At most 300 are allowed."),
    ],
)
def test_what_cannot_be_recorded(changes: dict[str, Any], message: str, built: BuiltTrial) -> None:
    with pytest.raises(BadInput) as refused:
        recorded(built, **changes)
    assert message in str(refused.value)
    assert not ReaderDocument.objects.exists()


def test_a_document_is_signed_on_a_day_that_has_begun_somewhere_on_earth(
    built: BuiltTrial, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = timezone.now().replace(hour=11)  # in Auckland it is tomorrow already
    monkeypatch.setattr(confirmed, "now", lambda: moment)
    morning = moment.astimezone(UTC).date() + timedelta(days=1)
    assert recorded(built, signed_on=morning).signed_on == morning
    with pytest.raises(BadInput, match=f"in the future. Enter a day up to {morning:%Y-%m-%d}"):
        recorded(built, "guide", signed_on=morning + timedelta(days=1))


def test_the_same_document_is_recorded_once_and_only_by_the_coordinator(built: BuiltTrial) -> None:
    held = recorded(built, signed_on=date(2025, 3, 1))
    with pytest.raises(WrongState, match="“CV” that reader signed on 2025-03-01 is already recorded. Withdraw"):
        recorded(built, signed_on=date(2025, 3, 1))
    with pytest.raises(BadInput, match="A reason is needed"):
        withdraw_document(document=held, reason=" ", actor=built.actor("coordinator"))
    for name in ("sponsor", "auditor", "lead", "reader"):
        with pytest.raises(NotAllowed):
            recorded(built, "guide", actor=built.actor(name))
