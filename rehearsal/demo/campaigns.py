"""The campaigns of the demo: opened, read by simulated readers, closed and locked. Finished steps are kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from config.wording import counted
from reading.campaigns.case_seals import identities
from reading.campaigns.opening import close_campaign, create_campaign, open_campaign
from reading.charter.versions import current_charter, draft_charter, sign_charter
from reading.issuing.assignments import request_batch
from reading.leak_scan.scans import acknowledge_scan, newest_scan, request_scan
from reading.models import Campaign, CampaignStatus, Charter, LeakScanStatus, Read, ReadStatus
from reading.room.cells import instrument_of
from rehearsal.demo.filling import Filling, say_progress, settle
from rehearsal.demo.films import truths_by_visit
from rehearsal.demo.people import DOMAIN
from rehearsal.demo.planning import COVERED, FAST_SUBJECTS, OUTSIDE, TERMS
from rehearsal.demo.reads import read_and_sign
from rehearsal.readers import ReaderProfile
from scoring.datasets.building import request_dataset
from scoring.datasets.locking import confirm_lock, request_lock
from scoring.endpoint.event_lists import import_events, newest_events
from scoring.models import Dataset, DatasetStatus
from studies.models import Subject

READERS = ("reader.one", "reader.two")
SITTING = {
    "reader.one": ReaderProfile("one", lean=0.4),
    "reader.two": ReaderProfile("two", lean=-0.2),
    "adjudicator": ReaderProfile("three"),
}
OVERLOOKS = ReaderProfile("two", unseen=1.0)


def charter_of(run: Filling) -> Charter:
    """The charter of the trial, drafted and signed once."""
    found = current_charter(run.planned.trial)
    if found is not None:
        return found
    terms = {**TERMS, "instrument": run.planned.plan.instrument}
    draft = draft_charter(trial=run.planned.trial, actor=run.coordinator, terms=terms)
    return sign_charter(charter=draft, **run.signs("coordinator"))


def drafted(run: Filling, code: str, title: str) -> Campaign:
    """A campaign of the trial, made once."""
    trial = run.planned.trial
    found = Campaign.objects.filter(trial=trial, code=code).first()
    return found or create_campaign(trial=trial, actor=run.coordinator, charter=charter_of(run), code=code, title=title)


def opened(run: Filling, found: Campaign, subjects: Sequence[Subject]) -> None:
    """The campaign, scanned for leaks and opened over these subjects."""
    if found.status == CampaignStatus.DRAFT:
        scan_for_leaks(run, found)
        planned = [code for code, _, _ in run.planned.plan.visits]
        outside = [OUTSIDE[subject.code][0] for subject in subjects if subject.code in OUTSIDE]
        open_campaign(campaign=found, actor=run.coordinator, subjects=subjects, visits=[*planned, *outside])
        found.refresh_from_db()


def scan_for_leaks(run: Filling, found: Campaign) -> None:
    """Runs the leak scan as the coordinator does, and acknowledges it if films reveal their order."""
    made = newest_scan(found) or request_scan(campaign=found, actor=run.coordinator)
    settle(run)
    made.refresh_from_db()
    if made.status == LeakScanStatus.WARNED:
        user = run.user("coordinator")
        acknowledge_scan(made=made, actor=run.coordinator, user=user, reason="known before the demo began")


def issued(run: Filling, code: str, title: str, subjects: Sequence[Subject]) -> Campaign:
    """A campaign over these subjects with every read issued to both readers."""
    found = drafted(run, code, title)
    opened(run, found, subjects)
    if not found.batches.exists():
        request_batch(
            campaign=found,
            actor=run.coordinator,
            name="First batch",
            due_on=timezone.localdate() + timedelta(days=14),
            readers=[run.user(name) for name in READERS],
            size=len(subjects),
        )
    settle(run)
    return found


def unsigned(reads: QuerySet[Read]) -> list[Read]:
    """The reads still to be done, in order of issue."""
    waiting = reads.filter(status__in=(ReadStatus.ISSUED, ReadStatus.OPENED))
    return list(waiting.select_related("case__campaign__charter", "case__campaign__trial", "reader").order_by("pk"))


def read_cases(run: Filling, found: Campaign, subjects: Sequence[Subject], *, readers: Collection[str] = ()) -> None:
    """Simulated readers, by default all of them, sign every read of these subjects' cases, third reads too."""
    by_pk = {subject.pk: subject for subject in subjects}
    frozen = identities(list(found.cases.live()))
    cases = {case: by_pk[films.subject] for case, films in frozen.items() if films.subject in by_pk}
    wanted = Read.objects.filter(case__in=cases)
    if readers:
        wanted = wanted.filter(reader__in=[run.user(name).pk for name in readers])
    while reads := unsigned(wanted):
        for number, read in enumerate(reads, start=1):
            simulate(run, read, cases[read.case_id])
            say_progress(
                run, f"simulated readers: {number} of {counted(len(reads), 'read')} of {found.code}", well=True
            )
        settle(run)


def simulate(run: Filling, read: Read, subject: Subject) -> None:
    """Makes one read as a simulated reader; the second reader overlooks rapid damage."""
    name = read.reader.email.removesuffix(DOMAIN)
    overlooks = subject.code in FAST_SUBJECTS and name == "reader.two"
    truths = {visit.pk: truth for visit, truth in truths_by_visit(subject).items()}
    seed = int(subject.code.replace("-", ""))
    profile = OVERLOOKS if overlooks else SITTING[name]
    read_and_sign(read, truths, profile, seed, run.actor(name), covered=covered_of(read, subject))


def covered_of(read: Read, subject: Subject) -> list[tuple[int, str]]:
    """The cells of joints that another hand covers on one film, by visit id and item key."""
    code, visit, side, joints = COVERED
    return [
        (found.pk, item.key)
        for found in subject.visits.filter(code=visit, subject__code=code)
        for item in instrument_of(read).items
        if item.side == side and item.joint in joints
    ]


def close(run: Filling, found: Campaign, events: str = "") -> None:
    """Closes the campaign and imports its intercurrent events."""
    if found.status == CampaignStatus.OPEN:
        close_campaign(campaign=found, actor=run.coordinator)
        found.refresh_from_db()
    if events and found.status == CampaignStatus.CLOSED and newest_events(found) is None:
        user = run.user("statistician")
        import_events(campaign=found, actor=run.actor("statistician"), user=user, text=events)


def lock(run: Filling, found: Campaign) -> None:
    """Builds and locks with the statistician's and the second signer's signatures."""
    if found.status != CampaignStatus.CLOSED:
        return
    dataset = Dataset.objects.filter(campaign=found).exclude(status=DatasetStatus.DISCARDED).first()
    dataset = dataset or request_dataset(campaign=found, actor=run.actor("statistician"))
    settle(run)
    dataset.refresh_from_db()
    for status, who, act in (
        (DatasetStatus.BUILT, "statistician", request_lock),
        (DatasetStatus.LOCK_REQUESTED, "signer", confirm_lock),
    ):
        if dataset.status == status:
            act(dataset=dataset, **run.signs(who))
            dataset.refresh_from_db()
    found.refresh_from_db()
