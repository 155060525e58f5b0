"""The plan of a rehearsal's trial: sites, visits, subjects, people, charter. Existing records are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit.trail import Actor
from config.errors import WrongState
from config.wording import counted
from reading.charter.versions import current_charter, draft_charter, sign_charter
from rehearsal.demo import people as cast
from rehearsal.trial.courses import NEVER, Courses, draw_courses
from rehearsal.trial.design import Design
from rehearsal.trial.reading import Room, open_room
from rehearsal.trial.results import BASELINE
from rehearsal.trial.run import RehearsalPlan, Say
from studies.models import Site, Subject, Trial, Visit, VisitPlan
from studies.plan.subjects import enrol_all
from studies.plan.trials import add_site, create_trial
from studies.plan.visits import add_visit, plan_visit

CODE = "REHEARSAL"
RESCUE = "RESC"
PER_SITE = 20
FIRST_DAY = date(2023, 1, 9)
LATEST_START = 199  # days after the first
WINDOW = 14


@dataclass
class Play:
    """One rehearsal: the planted values, the trial, its people, and where progress is reported."""

    plan: RehearsalPlan
    say: Say
    room: Room
    trial: Trial
    people: dict[str, User]
    subjects: list[Subject]

    @property
    def design(self) -> Design:
        return self.plan.design

    @property
    def courses(self) -> Courses:
        return self.room.courses

    def actor(self, name: str) -> Actor:
        """A person of the demo's cast in their role."""
        return cast.actor(self.people, f"{name}@demo.example")

    def user(self, name: str) -> User:
        return self.people[f"{name}@demo.example"]

    def signs(self, name: str) -> dict[str, Any]:
        """The arguments of a function for which a person signs."""
        return {"actor": self.actor(name), "user": self.user(name), "password": cast.PASSWORD}

    def day(self, subject: int, column: int) -> date:
        """When a film was taken."""
        return self.first_day(subject) + timedelta(weeks=int(self.courses.weeks[subject, column]))

    def event_day(self, subject: int) -> date:
        """When a subject was rescued or switched."""
        return self.first_day(subject) + timedelta(weeks=int(self.courses.event_week[subject]))

    def first_day(self, subject: int) -> date:
        """When the baseline film was taken."""
        return FIRST_DAY + timedelta(days=subject % (LATEST_START + 1))


def prepare(plan: RehearsalPlan, say: Say) -> Play:
    """The trial with its sites, visits, subjects, people and charter."""
    demand_own_database()
    rng = np.random.default_rng((plan.seed, 0))
    courses = draw_courses(plan.design, plan.subjects, rng, plan.people)
    demand_past(courses)
    trial = trial_of(plan)
    sites = plan_sites(trial, plan.subjects)
    plan_visits(trial, plan.design)
    people = cast.make_accounts(cast.EVERYBODY)
    cast.admit(trial, sites[0], people, plan.design.instrument, cast.EVERYBODY)
    subjects = enrol_subjects(trial, sites, plan.subjects)
    play = Play(plan, say, open_room(plan.design, courses, rng), trial, people, subjects)
    add_rescue_visits(play)
    write_charter(play)
    return play


def demand_own_database() -> None:
    """WrongState in production, and in a database with any other trial or person."""
    other = Trial.objects.exclude(code=CODE).first()
    person = User.objects.exclude(email__endswith=cast.DOMAIN).first()
    if settings.PRODUCTION:
        raise WrongState("This is a production installation. Rehearse a trial on a database of its own.")
    if other is not None:
        raise WrongState(f"This database holds trial {other.code}. Rehearse a trial on a database of its own.")
    if person is not None:
        raise WrongState("This database holds accounts of people. Rehearse a trial on a database of its own.")


def demand_past(courses: Courses) -> None:
    """WrongState if the date of a film or an event would be in the future."""
    events = courses.event_week[courses.event_week < NEVER]
    weeks = int(max(courses.weeks[courses.present].max(), events.max(initial=0)))
    last = FIRST_DAY + timedelta(days=LATEST_START, weeks=weeks)
    if last > timezone.localdate():
        raise WrongState(
            f"A film or an event would have the date {last.isoformat()}, which is in the future. Rehearse fewer weeks."
        )


def trial_of(plan: RehearsalPlan) -> Trial:
    """The trial of this plan; WrongState if the database has a rehearsal of another plan."""
    title = f"{plan.design.title}, {counted(plan.subjects, 'subject')}, seed {plan.seed}"
    found = Trial.objects.filter(code=CODE).first()
    if found is None:
        return create_trial(code=CODE, title=title, sponsor="None: a rehearsal", actor=cast.SYSTEM)
    if found.title != title:
        raise WrongState(f"This database holds the rehearsal “{found.title}”, not “{title}”. Use another database.")
    return found


def plan_sites(trial: Trial, subjects: int) -> list[Site]:
    """A site for every twenty subjects."""
    for number in range(1, (subjects - 1) // PER_SITE + 2):
        if not trial.sites.filter(code=f"{number:03d}").exists():
            add_site(trial=trial, code=f"{number:03d}", name=f"Site {number:03d}", actor=cast.SYSTEM)
    return list(trial.sites.order_by("code"))


def plan_visits(trial: Trial, design: Design) -> None:
    """The baseline and the visits of the design."""
    for code, day in ((BASELINE, 0), *((visit.code, visit.day) for visit in design.visits)):
        if not VisitPlan.objects.filter(trial=trial, code=code).exists():
            plan_visit(
                trial=trial,
                code=code,
                label=f"Week {day // 7}",
                target_day=day,
                actor=cast.SYSTEM,
                days_before=0 if not day else WINDOW,
                days_after=0 if not day else WINDOW,
            )


def enrol_subjects(trial: Trial, sites: list[Site], number: int) -> list[Subject]:
    """Subjects in the order of the courses."""
    codes = [f"{sites[at // PER_SITE].code}-{at:05d}" for at in range(number)]
    held = set(trial.subjects.values_list("code", flat=True))
    new = [(sites[at // PER_SITE], code) for at, code in enumerate(codes) if code not in held]
    if new:
        enrol_all(trial=trial, enrolled=new, actor=cast.SYSTEM)
    found = {subject.code: subject for subject in trial.subjects.select_related("site")}
    return [found[code] for code in codes]


def add_rescue_visits(play: Play) -> None:
    """Adds a visit outside the plan for each rescue that has its own film."""
    held = set(Visit.objects.filter(subject__trial=play.trial, code=RESCUE).values_list("subject", flat=True))
    for at, subject in enumerate(play.subjects):
        if play.courses.present[at, -1] and subject.pk not in held:
            add_visit(subject=subject, code=RESCUE, kind="rescue", actor=cast.SYSTEM)


def write_charter(play: Play) -> None:
    """The charter of the design, signed."""
    if current_charter(play.trial) is not None:
        return
    wanted = play.design.charter
    terms = {
        "instrument": play.design.instrument,
        "adjudication_threshold": min(wanted.threshold, 448.0),
        "result_rule": wanted.result_rule,
        "reference_visit": wanted.reference,
        "missing_rule": wanted.missing_rule,
        "missing_limit": wanted.missing_limit,
        "missing_visit": wanted.missing_visit,
        "rescue_independent": True,
        "concordant_share": 0.0,
        "repeats_share": wanted.repeats,
        "repeats_washout_days": 0,
        "arms_may_be_opened": len(play.design.arms) > 1,
    }
    charter = draft_charter(trial=play.trial, actor=play.actor("coordinator"), terms=terms)
    user = play.user("coordinator")
    sign_charter(charter=charter, actor=play.actor("coordinator"), user=user, password=cast.PASSWORD)
