"""Training: no result counts, the reference is seen only after signing, a signed pass opens the gate of a campaign."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import instruments
from accounts.sign_in import BACKEND
from audit.trail import audited_atomic
from config.days import months_later
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from jobs.queue import add
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.opening import create_campaign, open_campaign, why_not
from reading.campaigns.training import bring_references, issue_training, make_training
from reading.charter.versions import (
    current_charter,
    disqualify_reader,
    draft_charter,
    qualified_readers,
    qualify_reader,
    readers_at_work,
    sign_charter,
)
from reading.issuing.assignments import void_and_reissue
from reading.issuing.consent import withdraw_consent
from reading.models import (
    Campaign,
    DisplayedTimepoint,
    LeakScan,
    LeakScanStatus,
    Qualification,
    Read,
    SealedReference,
    TrainingMarks,
    TrainingResult,
    TrainingSet,
)
from reading.room.signing import return_read
from reading.views.training_lists import TARGET_NAMES
from scoring.consensus.signed_series import visits_of
from scoring.datasets.building import request_dataset
from scoring.models import CaseResult
from studies.models import Subject, Visit
from tests.reading.builders import PASSWORD, BuiltTrial, begun, build_reading_trial, change_first, fill_read, sign

pytestmark = pytest.mark.django_db
ITEMS = instruments.get("larsen-1995").items
LAST = "W24"
# Four cases are enough here; a qualification lasts a year.
TARGETS: dict[str, Any] = {
    "least_status": 0.8,
    "least_change": 0.7,
    "most_sdc": 5.0,
    "least_kappa": 0.3,
    "fewest_cases": 4,
    "valid_months": 12,
}


@pytest.fixture
def built_trial() -> BuiltTrial:
    """Nobody is qualified; the charter asks for it."""
    built_trial = build_reading_trial(subjects=4, visits=("W00", LAST))
    Qualification.objects.all().delete()
    charter = draft_charter(
        trial=built_trial.trial, actor=built_trial.actor("coordinator"), terms={"instrument": "larsen-1995"}
    )
    sign_charter(
        charter=charter,
        actor=built_trial.actor("coordinator"),
        user=built_trial.people["coordinator"],
        password=PASSWORD,
    )
    return built_trial


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    """An open campaign for training, with its reference."""
    coordinator, charter = built_trial.actor("coordinator"), current_charter(built_trial.trial)
    assert charter is not None
    made = create_campaign(trial=built_trial.trial, actor=coordinator, charter=charter, code="T1", title="Training one")
    make_training(campaign=made, actor=coordinator, **TARGETS)
    scanned(made)
    open_campaign(campaign=made, actor=coordinator, subjects=built_trial.subjects, visits=built_trial.visits)
    made = Campaign.objects.get(pk=made.pk)
    bring_references(campaign=made, actor=built_trial.actor("lead"), content=table(built_trial))
    return made


def scanned(campaign: Campaign) -> None:
    LeakScan.objects.create(campaign=campaign, number=1, status=LeakScanStatus.CLEAN)


def grade(subject: int, visit: str, place: int) -> int:
    """The reference: subjects differ, and progress at their own pace."""
    return min(5, (place % 5 < subject) + (visit == LAST and place % 7 < subject))


def table(built_trial: BuiltTrial, without: int = 0) -> bytes:
    lines = [
        f"{subject.code},{visit},{item.key},{grade(number, visit, place)},"
        for number, subject in enumerate(built_trial.subjects)
        for visit in built_trial.visits
        for place, item in enumerate(ITEMS)
    ]
    return "\n".join(["subject,visit,item,value,reason", *lines[: len(lines) - without]]).encode()


def issue(built_trial: BuiltTrial, campaign: Campaign) -> list[Read]:
    coordinator, reader = built_trial.actor("coordinator"), built_trial.people["reader"]
    issue_training(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=[reader])
    run_due_jobs()
    return list(Read.objects.filter(case__campaign=campaign, reader=reader).order_by("queue_position"))


def read_like_the_reference(built_trial: BuiltTrial, read: Read, off: int = 0) -> None:
    visits = {visit.pk: visit for visit in Visit.objects.select_related("subject")}
    shown = {token: visits[pk] for token, pk in visits_of(read).items()}
    places = {item.key: place for place, item in enumerate(ITEMS)}

    def seen(timepoint: DisplayedTimepoint, item: object) -> int:
        visit, place = shown[timepoint.token], places[item.key]  # type: ignore[attr-defined]
        found = grade(built_trial.subjects.index(visit.subject), visit.code, place)
        return found if place >= off else (found + 3) % 6 if visit.code == LAST else found

    fill_read(read, seen)
    sign(read)


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(client.get(address)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def signed_in(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def test_a_pass_opens_the_gate_once_the_coordinator_has_signed_it_and_until_its_last_day(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    assert qualified_readers(campaign.charter, "reader") == []
    reads = issue(built_trial, campaign)
    for read in reads[:-1]:
        read_like_the_reference(built_trial, read)
    run_due_jobs()
    assert not TrainingResult.objects.exists()
    read_like_the_reference(built_trial, reads[-1])
    run_due_jobs()
    result = TrainingResult.objects.get()
    assert result.passed
    assert result.figures["same"] == 1
    assert result.figures["status"]["value"] == pytest.approx(1)
    assert result.figures["change"]["value"] == pytest.approx(1)
    assert qualified_readers(campaign.charter, "reader") == []
    coordinator = signed_in(built_trial, "coordinator")
    address = f"/trials/TWO/qualifications/training/{result.pk}/"
    assert address in coordinator.get("/trials/TWO/campaigns/T1/training/").content.decode()
    assert coordinator.post(address, {"months": 12, "password": "wrong"}).status_code == 400
    assert coordinator.post(address, {"months": 12, "password": PASSWORD}).status_code == 302
    assert qualified_readers(campaign.charter, "reader") == [built_trial.people["reader"]]
    (held,) = rows_of(coordinator, "/trials/TWO/qualifications/?format=csv")
    assert (held["Reader"], held["State"], held["Granted by"]) == ("reader", "Valid", "coordinator")
    today = timezone.localdate()
    assert held["Valid until"] == months_later(today, 12).isoformat()
    assert held["Evidence"] == f"Training T1, completed on {result.taken_at:%Y-%m-%d}: every target was met"
    (trained,) = rows_of(coordinator, "/trials/TWO/qualifications/?training-format=csv")
    assert (trained["Result"], trained["Targets not met"], trained["Qualified by this training"]) == (
        "Passed",
        "",
        "yes",
    )
    assert address not in coordinator.get("/trials/TWO/qualifications/").content.decode()
    assert_it_lasts_until_its_last_day_and_the_training_gives_one(built_trial, campaign, address)


def assert_it_lasts_until_its_last_day_and_the_training_gives_one(
    built_trial: BuiltTrial, campaign: Campaign, address: str
) -> None:
    coordinator, today = signed_in(built_trial, "coordinator"), timezone.localdate()
    again = coordinator.post(address, {"months": 6, "password": PASSWORD})
    assert (
        "Training T1 has already been used to qualify reader. To be qualified again, they must pass"
        in again.content.decode()
    )
    for last, able in ((today, True), (today - timedelta(days=1), False)):
        Qualification.objects.update(expires_on=last)
        assert (built_trial.people["reader"] in qualified_readers(campaign.charter, "reader")) is able
        assert built_trial.people["reader"] in readers_at_work(campaign.charter, "reader")
    held_one = Qualification.objects.get()
    for who, shown in (("coordinator", "qualifications"), ("lead", "training")):
        assert "Expired" in signed_in(built_trial, who).get(f"/trials/TWO/{shown}/").content.decode()
    assert "Expired" in signed_in(built_trial, "reader").get("/read/training/").content.decode()
    disqualify_reader(qualification=held_one, actor=built_trial.actor("coordinator"), reason="A wrong last day")
    assert address in coordinator.get("/trials/TWO/qualifications/").content.decode(), "the training can be used again"


def test_a_reader_who_differs_does_not_pass(built_trial: BuiltTrial, campaign: Campaign) -> None:
    for read in issue(built_trial, campaign):
        read_like_the_reference(built_trial, read, off=20)
    run_due_jobs()
    result = TrainingResult.objects.get()
    assert not result.passed
    assert result.figures["change"]["value"] < 0.7
    coordinator = signed_in(built_trial, "coordinator")
    assert coordinator.get(f"/trials/TWO/qualifications/training/{result.pk}/").status_code == 404
    with pytest.raises(BadInput, match="Training T1 was not passed by reader. Choose one that they passed."):
        qualify_reader(
            trial=built_trial.trial,
            **built_trial.signs("coordinator"),
            reader=built_trial.people["reader"],
            instrument="larsen-1995",
            evidence="T1",
            result=result,
        )
    with pytest.raises(BadInput, match="A qualification cannot last 121 months. Give 1 to 120 months, or none."):
        qualify_reader(
            trial=built_trial.trial,
            **built_trial.signs("coordinator"),
            reader=built_trial.people["reader"],
            instrument="larsen-1995",
            evidence="T1",
            months=121,
        )
    (trained,) = rows_of(coordinator, "/trials/TWO/campaigns/T1/training/?training-format=csv")
    assert "ICC of change" in trained["Targets not met"]
    shown = rows_of(signed_in(built_trial, "lead"), "/trials/TWO/campaigns/T1/reference/?targets-format=csv")
    assert [row["Statistic"] for row in shown] == list(TARGET_NAMES.values())
    assert [float(row["Value"]) for row in shown] == [result.figures[key]["value"] for key in TARGET_NAMES]
    assert (shown[1]["Target"], shown[1]["Met"], shown[1]["n"]) == ("at least 0.7", "Not met", "4")
    own = rows_of(signed_in(built_trial, "reader"), "/read/training/?joints-format=csv")
    assert [row["Joint"] for row in own][:2] == ["Left PIP 2, grade", "Left PIP 3, grade"]
    assert qualified_readers(campaign.charter, "reader") == []


def test_a_training_goes_on_without_the_case_of_a_subject_who_withdrew_consent(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    reads = issue(built_trial, campaign)
    for read in reads[1:]:
        read_like_the_reference(built_trial, read)
    run_due_jobs()
    assert not TrainingResult.objects.exists()
    said: dict[str, Any] = {"withdrawn_on": timezone.localdate(), "statement": "All further use", "instruction": ""}
    subject = Subject.objects.get(pk=open_case_seal(reads[0].case).subject)
    withdraw_consent(subject=subject, **said, **built_trial.signs("coordinator"))
    run_due_jobs()
    assert TrainingResult.objects.get().figures


def test_a_read_corrected_beside_the_reference_does_not_change_the_result(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    reads = issue(built_trial, campaign)
    for read in reads:
        read_like_the_reference(built_trial, read, off=20)
    run_due_jobs()
    before = TrainingResult.objects.get().figures
    returned = Read.objects.get(pk=reads[0].pk)
    return_read(read=returned, **built_trial.signs("coordinator"), reason="other", note="")
    change_first(returned, 5)
    sign(returned)
    run_due_jobs()
    assert TrainingResult.objects.get().figures == before


def test_a_voided_case_is_not_issued_again_and_leaves_the_result_and_the_training_as_they_are(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    reads = issue(built_trial, campaign)
    for read in reads:
        read_like_the_reference(built_trial, read, off=20)
    run_due_jobs()
    case = reads[0].case
    coordinator, address = signed_in(built_trial, "coordinator"), f"/trials/TWO/campaigns/T1/cases/{case.pk}/void/"
    assert "issue it again" not in coordinator.get(address).content.decode()
    assert void_and_reissue(case=case, **built_trial.signs("coordinator"), reason="a wrong film") is None
    with audited_atomic():
        add(kind="scoring.consensus", key="again", payload={"case": reads[1].case_id})
    run_due_jobs()
    assert TrainingResult.objects.count() == 1
    other = built_trial.people["reader.two"]
    issue_training(campaign=campaign, actor=built_trial.actor("coordinator"), name="two", due_on=None, readers=[other])
    run_due_jobs()
    assert Read.objects.filter(case__campaign=campaign, reader=other).count() == len(reads) - 1


def test_the_reference_is_not_seen_before_the_signature_and_is_afterwards(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    read = issue(built_trial, campaign)[0]
    client = signed_in(built_trial, "reader")
    before = begun(client, f"/read/{read.token}/")
    assert before.status_code == 200
    assert not any("reference" in cell for cells in before.context["values"].values() for cell in cells.values())
    assert not before.context["case"]["awaits_reference"]
    read_like_the_reference(built_trial, read, off=1)
    assert begun(client, f"/read/{read.token}/").context["case"]["awaits_reference"]
    run_due_jobs()
    after = begun(client, f"/read/{read.token}/")
    assert not after.context["case"]["awaits_reference"]
    values = after.context["values"]
    recorded = [cell for cells in values.values() for cell in cells.values()]
    assert all("reference" in cell for cell in recorded)
    assert sum(cell["reference"]["value"] != cell["value"] for cell in recorded) == 1


def test_nothing_of_a_training_counts(built_trial: BuiltTrial, campaign: Campaign) -> None:
    for read in issue(built_trial, campaign):
        read_like_the_reference(built_trial, read)
    run_due_jobs()
    assert not CaseResult.objects.exists()
    with pytest.raises(WrongState, match="training"):
        request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    assert TrainingMarks.objects.count() == len(built_trial.subjects)


def test_the_reference_must_be_whole_and_comes_once(built_trial: BuiltTrial, campaign: Campaign) -> None:
    with pytest.raises(WrongState, match="already has its reference scores"):
        bring_references(campaign=campaign, actor=built_trial.actor("lead"), content=table(built_trial))
    with pytest.raises(BadInput, match="The minimum ICC for status cannot be “2”. Give a number from 0 to 1."):
        make_training(campaign=campaign, actor=built_trial.actor("coordinator"), least_status=2, least_change=0)
    with pytest.raises(BadInput, match="The training has no target. Give at least one."):
        make_training(campaign=campaign, actor=built_trial.actor("coordinator"), least_status=None, least_change=None)


def test_a_training_can_be_opened_before_anybody_is_qualified(built_trial: BuiltTrial) -> None:
    charter, coordinator = current_charter(built_trial.trial), built_trial.actor("coordinator")
    assert charter is not None
    made = create_campaign(trial=built_trial.trial, actor=coordinator, charter=charter, code="C9", title="A real one")
    assert any("qualified readers" in obstacle.text for obstacle in why_not(made))
    make_training(campaign=made, actor=coordinator, least_status=0.8, least_change=0.7)
    scanned(made)
    assert why_not(Campaign.objects.get(pk=made.pk)) == []


def test_the_pages_say_to_each_what_is_his(built_trial: BuiltTrial, campaign: Campaign) -> None:
    for read in issue(built_trial, campaign):
        read_like_the_reference(built_trial, read, off=20)
    run_due_jobs()
    base = f"/trials/{built_trial.trial.code}/campaigns/T1"
    coordinator = signed_in(built_trial, "coordinator").get(f"{base}/training/").content.decode()
    assert "Not passed" in coordinator
    assert "95 % from" not in coordinator
    for who, address in (("lead", f"{base}/reference/"), ("reader", "/read/training/")):
        page = signed_in(built_trial, who).get(address).content.decode()
        assert "Not passed" in page
        assert "95 % from" in page


def test_the_lead_brings_the_reference_by_its_page(built_trial: BuiltTrial) -> None:
    coordinator, charter = built_trial.actor("coordinator"), current_charter(built_trial.trial)
    assert charter is not None
    made = create_campaign(trial=built_trial.trial, actor=coordinator, charter=charter, code="T2", title="Training two")
    page = signed_in(built_trial, "coordinator").post(
        f"/trials/{built_trial.trial.code}/campaigns/T2/training/begin/", {"least_status": 0.8, "least_change": 0.7}
    )
    assert page.status_code == 302
    training = TrainingSet.objects.get(campaign=made)
    assert (training.most_sdc, training.least_kappa, training.fewest_cases) == (None, None, 10)
    made = Campaign.objects.get(pk=made.pk)
    scanned(made)
    open_campaign(campaign=made, actor=coordinator, subjects=built_trial.subjects, visits=built_trial.visits)
    lead, address = signed_in(built_trial, "lead"), f"/trials/{built_trial.trial.code}/campaigns/T2/reference/"
    short = lead.post(address, {"file": io.BytesIO(table(built_trial, without=1))})
    assert "1 item is missing for subject" in short.content.decode()
    assert lead.post(address, {"file": io.BytesIO(table(built_trial))}).status_code == 302
    assert SealedReference.objects.count() == len(built_trial.subjects)
