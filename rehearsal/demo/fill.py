"""Fills the demo: first what a visitor needs, then a locked campaign, then unfinished work as at a real desk.

Every step finds what an earlier, interrupted run has done, and continues from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from audit.trail import Actor
from jobs.carrying import run_due_jobs
from jobs.models import Job, Pulse
from jobs.pulse import beat
from reading.campaigns.case_seals import identities
from reading.campaigns.opening import close_campaign, create_campaign, open_campaign
from reading.charter.versions import current_charter, draft_charter, sign_charter
from reading.issuing.assignments import request_batch
from reading.leak_scan.scans import acknowledge_scan, newest_scan, request_scan
from reading.models import Campaign, CampaignStatus, Case, LeakScanStatus, Read, ReadKind, ReadStatus
from reading.room.cells import instrument_of
from rehearsal.demo import people as cast
from rehearsal.demo.desk import pass_film
from rehearsal.demo.drawing_films import DemoFilm, Order, draw_all
from rehearsal.demo.films import orders_at, orders_for, send, truths_by_visit, truths_of
from rehearsal.demo.planning import (
    COVERED,
    FAST_SUBJECTS,
    OUTSIDE,
    VISITS,
    PlannedTrial,
    plan_trial,
    visit_outside,
    weeks_of,
)
from rehearsal.demo.reads import read_and_sign
from rehearsal.readers import ReaderProfile
from scoring.datasets.building import request_dataset
from scoring.datasets.locking import confirm_lock, request_lock
from scoring.models import Dataset, DatasetStatus
from studies.desk import quality
from studies.desk.verdicts import QuestionReason
from studies.models import Film, FilmStatus, Subject

TERMS = {
    "instrument": "svdh",
    "adjudication_threshold": 5.0,
    "reference_visit": "W52",
    "concordant_share": 0.0,
    "bulk_zero": True,
}
PLANNED = [code for code, _, _ in VISITS]
SITTING = {
    "reader.one@demo.example": ReaderProfile("one", lean=0.4),
    "reader.two@demo.example": ReaderProfile("two", lean=-0.2),
    "adjudicator@demo.example": ReaderProfile("three"),
}
OVERLOOKS = ReaderProfile("two", unseen=1.0)
WAIT_SECONDS = 0.2


@dataclass
class Filling:
    """One run: where to report progress, and how jobs are run."""

    say: Callable[[str], None]
    carry: bool
    processes: int
    planned: PlannedTrial
    people: dict[str, User]
    began: datetime = field(default_factory=timezone.now)

    def actor(self, email: str) -> Actor:
        """A demo person in their role."""
        return cast.actor(self.people, email)

    @property
    def coordinator(self) -> Actor:
        """The demo's coordinator."""
        return self.actor("coordinator@demo.example")


def fill(*, say: Callable[[str], None], carry: bool = False, processes: int = 2) -> None:
    """The whole demo; ready for a visitor after the first part, or at once when it was ready before."""
    ready = Pulse.objects.filter(part="demo", well=True).exists()
    if not ready:
        beat("demo", well=False, says="making the trial and its accounts")
    planned = plan_trial()
    people = cast.make_accounts()
    cast.admit(planned.trial, planned.sites["01"], people)
    run = Filling(say, carry, processes, planned, people)
    write_charter(run)
    waiting, finished = planned.subjects[8:], planned.subjects[:8]
    film_subjects(run, waiting, "films of the cases that wait for you", well=ready)
    open_for_the_visitor(run, waiting)
    beat("demo", says="ready; more films are still arriving")
    say("ready")
    film_subjects(run, finished, "films of the locked campaign", well=True)
    lock_a_campaign(run, finished)
    leave_unfinished_work(run)
    beat("demo", says="ready")
    say("complete")


def settle(run: Filling) -> None:
    """Waits until no job is left, or runs the jobs here; a failed job ends the run with its reason."""
    while True:
        if run.carry:
            run_due_jobs()
        failed = Job.objects.failed().filter(finished_at__gte=run.began).first()
        if failed is not None:
            raise RuntimeError(f"Job {failed} failed: {failed.reason}")
        if not Job.objects.unfinished().exists():
            return
        time.sleep(WAIT_SECONDS)


def write_charter(run: Filling) -> None:
    """Drafts and signs the charter once."""
    if current_charter(run.planned.trial) is None:
        charter = draft_charter(trial=run.planned.trial, actor=run.coordinator, terms=TERMS)
        user = run.people["coordinator@demo.example"]
        sign_charter(charter=charter, actor=run.coordinator, user=user, password=cast.PASSWORD)


def film_subjects(run: Filling, subjects: Sequence[Subject], doing: str, *, well: bool) -> None:
    """Films of every visit to be shown of these subjects: drawn, sent in, passed at the desk, made ready."""
    ordered = [list(orders_for(subject)) for subject in subjects]
    wanting = [own for subject, own in zip(subjects, ordered, strict=True) if ready_films(subject) < len(own)]
    orders = [order for own in wanting for order in own]
    sent: list[tuple[Film, DemoFilm]] = []
    for number, drawn in enumerate(draw_all(orders, run.processes), start=1):
        sent.append((send_in(run, drawn), drawn))
        if number % 4 == 0:
            say_progress(run, f"{doing}: {number} of {len(orders)}", well)
    settle(run)
    for film, drawn in sent:
        pass_film(film, drawn.sites, run.coordinator, run.actor("checker@demo.example"))
    say_progress(run, f"{doing}: making reader images", well)
    settle(run)


def send_in(run: Filling, drawn: DemoFilm) -> Film:
    """From the subject's own site."""
    site = run.planned.sites[drawn.order.subject_code[:2]]
    return send(drawn, run.planned.trial, site, cast.SYSTEM)


def say_progress(run: Filling, text: str, well: bool) -> None:
    """To the console and to /healthz."""
    run.say(text)
    beat("demo", well=well, says=text)


def ready_films(subject: Subject) -> int:
    """Films of visits to be shown that a campaign may show."""
    return Film.objects.ready().filter(subject=subject, visit__in=weeks_of(subject)).count()


def campaign(run: Filling, code: str, title: str, subjects: Sequence[Subject]) -> Campaign:
    """A campaign over these subjects with every read issued to both readers, made once."""
    trial = run.planned.trial
    found = Campaign.objects.filter(trial=trial, code=code).first()
    if found is None:
        charter = current_charter(trial)
        if charter is None:
            raise RuntimeError("The demo's charter is not signed.")
        found = create_campaign(trial=trial, actor=run.coordinator, charter=charter, code=code, title=title)
    if found.status == CampaignStatus.DRAFT:
        scan_for_leaks(run, found)
        outside = [OUTSIDE[subject.code][0] for subject in subjects if subject.code in OUTSIDE]
        open_campaign(campaign=found, actor=run.coordinator, subjects=subjects, visits=[*PLANNED, *outside])
        found.refresh_from_db()
    if not found.batches.exists():
        readers = [run.people[email] for email in ("reader.one@demo.example", "reader.two@demo.example")]
        request_batch(
            campaign=found,
            actor=run.coordinator,
            name="First batch",
            due_on=timezone.localdate() + timedelta(days=14),
            readers=readers,
            size=len(subjects),
        )
    settle(run)
    return found


def scan_for_leaks(run: Filling, found: Campaign) -> None:
    """As the coordinator does it: run, read, and acknowledged when films reveal their order."""
    made = newest_scan(found) or request_scan(campaign=found, actor=run.coordinator)
    settle(run)
    made.refresh_from_db()
    if made.status == LeakScanStatus.WARNED:
        user = run.people["coordinator@demo.example"]
        acknowledge_scan(made=made, actor=run.coordinator, user=user, reason="known before the demo began")


def open_for_the_visitor(run: Filling, subjects: Sequence[Subject]) -> None:
    """Three cases wait; the fourth, on whose change the readers differ, goes to the adjudicator."""
    found = campaign(run, "READ-2", "Second reading: three cases wait for you", subjects)
    cases = {frozen.subject: pk for pk, frozen in identities(list(found.cases.live())).items()}
    discordant = Case.objects.get(pk=cases[subjects[0].pk])
    for read in unsigned(discordant.reads.filter(kind=ReadKind.PRIMARY)):
        simulate(run, read, subjects[0])
    settle(run)


def unsigned(reads: object) -> list[Read]:
    """Those still to be read."""
    return [
        read
        for read in reads.select_related("case__campaign__charter", "case__campaign__trial", "reader")  # type: ignore[attr-defined]
        if read.status in (ReadStatus.ISSUED, ReadStatus.OPENED)
    ]


def simulate(run: Filling, read: Read, subject: Subject) -> None:
    """One read by a simulated reader; the second reader overlooks fast damage."""
    email = read.reader.email
    overlooks = subject.code in FAST_SUBJECTS and email.startswith("reader.two")
    truths = {visit.pk: truth for visit, truth in truths_by_visit(subject).items()}
    seed = int(subject.code.replace("-", ""))
    profile = OVERLOOKS if overlooks else SITTING[email]
    read_and_sign(read, truths, profile, seed, run.actor(email), covered=covered_of(read, subject))


def covered_of(read: Read, subject: Subject) -> list[tuple[int, str]]:
    """The cells of joints that another hand covers on one film, by visit id and item key."""
    code, visit, side, joints = COVERED
    return [
        (found.pk, item.key)
        for found in subject.visits.filter(code=visit, subject__code=code)
        for item in instrument_of(read).items
        if item.side == side and item.joint in joints
    ]


def lock_a_campaign(run: Filling, subjects: Sequence[Subject]) -> None:
    """Eight cases read by both readers, one adjudicated, closed, built, locked by two people."""
    found = campaign(run, "READ-1", "First reading, locked", subjects)
    by_pk = {subject.pk: subject for subject in subjects}
    frozen = identities(list(found.cases.live()))
    while found.status == CampaignStatus.OPEN and (reads := unsigned(Read.objects.filter(case__campaign=found))):
        for number, read in enumerate(reads, start=1):
            simulate(run, read, by_pk[frozen[read.case_id].subject])
            say_progress(run, f"simulated readers: {number} of {len(reads)} reads", well=True)
        settle(run)
    if found.status == CampaignStatus.OPEN:
        close_campaign(campaign=found, actor=run.coordinator)
    if found.status == CampaignStatus.CLOSED:
        lock_dataset(run, found)


def lock_dataset(run: Filling, found: Campaign) -> None:
    """Builds and locks with the statistician's and the second signer's signatures."""
    dataset = Dataset.objects.filter(campaign=found).exclude(status=DatasetStatus.DISCARDED).first()
    dataset = dataset or request_dataset(campaign=found, actor=run.actor("statistician@demo.example"))
    settle(run)
    dataset.refresh_from_db()
    if dataset.status == DatasetStatus.BUILT:
        statistician = run.people["statistician@demo.example"]
        actor = run.actor("statistician@demo.example")
        request_lock(dataset=dataset, actor=actor, user=statistician, password=cast.PASSWORD)
        dataset.refresh_from_db()
    if dataset.status == DatasetStatus.LOCK_REQUESTED:
        signer = run.people["signer@demo.example"]
        confirm_lock(dataset=dataset, actor=run.actor("signer@demo.example"), user=signer, password=cast.PASSWORD)


def leave_unfinished_work(run: Filling) -> None:
    """On unscheduled visits: a film with text burned in at the desk, one with an open question, and a late one."""
    burned, asked, late = run.planned.subjects[0], run.planned.subjects[1], run.planned.subjects[2]
    at_desk = one_film(run, burned, "U01", burned_in=f"{burned.code} ZZ CANARY 2025-11-03")
    questioned = one_film(run, asked, "U01")
    arrived = one_film(run, late, "U02")
    settle(run)
    at_desk[0].refresh_from_db()
    questioned[0].refresh_from_db()
    if questioned[0].status == FilmStatus.DEIDENTIFIED:
        text = "The marker on this film is hard to see. Is it the left hand? Please confirm."
        reason = next(iter(QuestionReason)).value
        quality.question(film=questioned[0], actor=run.coordinator, reason=reason, text=text)
    pass_film(arrived[0], arrived[1].sites, run.coordinator, run.actor("checker@demo.example"))
    settle(run)


def one_film(run: Filling, subject: Subject, code: str, burned_in: str = "") -> tuple[Film, DemoFilm]:
    """One film of a visit outside the plan."""
    visit = visit_outside(subject, code)
    day = timezone.localdate() - timedelta(days=3)
    orders: list[Order] = list(orders_at(subject, visit, day, truths_of(subject)[-1], burned_in))
    (drawn,) = draw_all(orders[:1], 1)
    return send_in(run, drawn), drawn
