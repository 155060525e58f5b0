"""Fills the demo: first what a visitor needs, then a locked campaign, then a second trial and unfinished work.

Every step finds the results of an earlier, interrupted run and continues from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from jobs.models import Pulse
from jobs.pulse import beat
from reading.campaigns.case_seals import identities
from reading.models import CampaignStatus, Case, ReadKind
from rehearsal.demo import people as cast
from rehearsal.demo.around import log_a_deviation, record_a_site_of_a_reader, record_documents
from rehearsal.demo.arriving import draw_small, film_subjects, leave_unfinished_work
from rehearsal.demo.campaigns import charter_of, close, issued, lock, read_cases, simulate, unsigned
from rehearsal.demo.custodians import hold, open_arms
from rehearsal.demo.filling import Filling, settle
from rehearsal.demo.films import first_day
from rehearsal.demo.planning import LARSEN, OUTSIDE, SHARP, TrialPlan, plan_trial
from rehearsal.demo.training import train
from rehearsal.demo.transfers import decide_on_one, sign_receipt, transfer
from scoring.models import Purpose
from studies.models import Subject

FINISHED = 8  # subjects whose cases the locked campaign shows
EARLY = 3  # of these, the ones in the first test transfer


def fill(*, say: Callable[[str], None], carry: bool = False, processes: int = 2) -> None:
    """Fills the whole demo; it is ready for a visitor after the first part, or immediately if it was ready before."""
    ready = Pulse.objects.filter(part="demo", well=True).exists()
    if not ready:
        beat("demo", well=False, says="making the trial and its accounts")
    run = begin(SHARP, say=say, carry=carry, processes=processes)
    waiting, finished = run.planned.subjects[FINISHED:], run.planned.subjects[:FINISHED]
    film_subjects(run, waiting, "films of the cases that are waiting for you", well=ready)
    open_for_the_visitor(run, waiting)
    beat("demo", says="ready; more films are still arriving")
    say("ready")
    film_subjects(run, finished, "films of the locked campaign", well=True)
    log_a_deviation(run)
    record_a_site_of_a_reader(run)
    record_documents(run)
    hold(run)
    lock_a_campaign(run, finished)
    train(run, [finished[0], finished[6]])
    leave_unfinished_work(run)
    read_by_larsen(begin(LARSEN, say=say, carry=carry, processes=processes))
    beat("demo", says="ready")
    say("complete")


def begin(plan: TrialPlan, *, say: Callable[[str], None], carry: bool, processes: int) -> Filling:
    """The trial of a plan with its people and its charter."""
    planned = plan_trial(plan)
    people = cast.make_accounts(cast.EVERYBODY)
    cast.admit(planned.trial, planned.sites[plan.sites[0]], people, plan.instrument, cast.EVERYBODY)
    run = Filling(say, carry, processes, planned, people)
    charter_of(run)
    return run


def open_for_the_visitor(run: Filling, subjects: Sequence[Subject]) -> None:
    """Three cases are unread; the fourth, on whose change the readers differ, goes to the adjudicator."""
    found = issued(run, "READ-2", "Second reading: three cases are waiting for you", subjects)
    cases = {frozen.subject: pk for pk, frozen in identities(list(found.cases.live())).items()}
    discordant = Case.objects.get(pk=cases[subjects[0].pk])
    for read in unsigned(discordant.reads.filter(kind=ReadKind.PRIMARY)):
        simulate(run, read, subjects[0])
    settle(run)


def lock_a_campaign(run: Filling, subjects: Sequence[Subject]) -> None:
    """Eight cases read by both readers, one adjudicated; transferred twice as a test and once for review; locked."""
    found = issued(run, "READ-1", "First reading, locked", subjects)
    if found.status == CampaignStatus.OPEN:
        read_cases(run, found, subjects[:EARLY])
        sign_receipt(run, transfer(run, found, Purpose.TEST))
        read_cases(run, found, subjects)
        transfer(run, found, Purpose.TEST, nth=2)
        decide_on_one(run, transfer(run, found, Purpose.REVIEW))
    close(run, found, rescues(run.planned.subjects))
    lock(run, found)


def rescues(subjects: Sequence[Subject]) -> str:
    """The rescues, soon after the film of that visit, as the statistician's file."""
    lines = []
    for subject in subjects:
        _, kind, week = OUTSIDE.get(subject.code, ("", "", 0.0))
        if kind == "rescue":
            day = first_day(subject) + timedelta(weeks=week + 2)
            lines.append(f"{subject.code},rescue,{day.isoformat()},case report form\n")
    return "".join(["subject,kind,date,source\n", *lines])


def read_by_larsen(run: Filling) -> None:
    """A small trial by another instrument: read, locked, its arms opened by both custodians, reported by arm."""
    subjects = run.planned.subjects
    film_subjects(run, subjects, "films of the trial scored by the Larsen method", well=True, draw=draw_small)
    hold(run)
    found = issued(run, "LARSEN-1", "Larsen reading, locked, with opened arms", subjects)
    if found.status == CampaignStatus.OPEN:
        read_cases(run, found, subjects)
    close(run, found)
    lock(run, found)
    sign_receipt(run, transfer(run, found, Purpose.FINAL))
    open_arms(run, found)
