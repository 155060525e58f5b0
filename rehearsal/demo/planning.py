"""The plans of the demo's trials: sites, subjects, visits, charter, and the irregularities of real trials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal.demo.people import SYSTEM
from studies.models import Site, Subject, Trial, Visit, VisitPlan
from studies.plan.subjects import enrol
from studies.plan.trials import add_site, create_trial
from studies.plan.visits import add_visit, plan_visit

VisitPlanned = tuple[str, str, int]
BASELINE, WEEK_24, WEEK_52 = ("W00", "Baseline", 0), ("W24", "Week 24", 168), ("W52", "Week 52", 364)
VISITS: tuple[VisitPlanned, ...] = (BASELINE, WEEK_24, WEEK_52)
TERMS: dict[str, Any] = {
    "adjudication_threshold": 5.0,
    "reference_visit": "W52",
    "concordant_share": 0.0,
    "bulk_zero": True,
    "rescue_independent": True,
    "arms_may_be_opened": True,
}
# Visits outside the plan that the locked campaign shows: code, kind and week.
OUTSIDE = {"01-003": ("ESC", "rescue", 16.0), "02-002": ("UNS-1", "unscheduled", 36.0)}
# A visit at which one side was not filmed, and a visit at which a hand covers joints of the other.
ONE_SIDED = ("02-003", "W24", "L")
COVERED = ("02-001", "W52", "R", ("MCP2", "MCP3"))
# Damage grows rapidly in these; the second reader overlooks it, so the case goes to the adjudicator.
FAST_SUBJECTS = ("01-004", "01-005")


@dataclass(frozen=True)
class TrialPlan:
    """The plan of a trial; its subjects are enrolled at its sites in turn."""

    code: str
    title: str
    instrument: str
    sites: tuple[str, ...]
    subjects: int
    visits: tuple[VisitPlanned, ...]

    @property
    def codes(self) -> list[str]:
        """The subjects' codes in the order of enrolment."""
        pairs = ((number, site) for number in range(1, self.subjects // len(self.sites) + 1) for site in self.sites)
        return [f"{site}-{number:03d}" for number, site in pairs]


SHARP = TrialPlan(
    code="DEMO-RA",
    title="Demonstration: a rheumatoid arthritis trial of synthetic films",
    instrument="svdh",
    sites=("01", "02"),
    subjects=12,
    visits=VISITS,
)
LARSEN = TrialPlan(
    code="DEMO-LARSEN",
    title="Demonstration: a small trial scored by the Larsen method, with opened arms",
    instrument="larsen-1995",
    sites=("11", "12"),
    subjects=10,
    visits=(BASELINE, WEEK_52),
)


@dataclass(frozen=True)
class PlannedTrial:
    """The trial and its plan."""

    plan: TrialPlan
    trial: Trial
    sites: dict[str, Site]
    subjects: list[Subject]


def plan_trial(plan: TrialPlan = SHARP) -> PlannedTrial:
    """The trial, created on the first call."""
    trial = Trial.objects.filter(code=plan.code).first()
    if trial is None:
        trial = create_trial(code=plan.code, title=plan.title, sponsor="Demonstration without a sponsor", actor=SYSTEM)
    for code in plan.sites:
        site_of(trial, code)
    for code, label, day in plan.visits:
        if not VisitPlan.objects.filter(trial=trial, code=code).exists():
            plan_visit(trial=trial, code=code, label=label, target_day=day, actor=SYSTEM)
    sites = {site.code: site for site in trial.sites.all()}
    for code in plan.codes:
        if not Subject.objects.filter(trial=trial, code=code).exists():
            enrol(trial=trial, site=sites[code[:2]], code=code, actor=SYSTEM)
    subjects = {subject.code: subject for subject in trial.subjects.select_related("site")}
    return PlannedTrial(plan, trial, sites, [subjects[code] for code in plan.codes])


def site_of(trial: Trial, code: str) -> Site:
    """A site of the trial, created on the first call."""
    site = Site.objects.filter(trial=trial, code=code).first()
    return site or add_site(trial=trial, code=code, name=f"Demo site {code}", actor=SYSTEM)


def visit_outside(subject: Subject, code: str, kind: str = "unscheduled") -> Visit:
    """A visit outside the plan, created on the first call."""
    visit = Visit.objects.filter(subject=subject, code=code).first()
    return visit or add_visit(subject=subject, code=code, kind=kind, actor=SYSTEM)


def weeks_of(subject: Subject) -> dict[Visit, float]:
    """The visits that a campaign shows of this subject, with the week after baseline, in true order."""
    planned = {code: day / 7 for code, _, day in VISITS}
    weeks = {visit: planned[visit.code] for visit in subject.visits.filter(code__in=planned)}
    if outside := OUTSIDE.get(subject.code):
        code, kind, week = outside
        weeks[visit_outside(subject, code, kind)] = week
    return dict(sorted(weeks.items(), key=lambda one: one[1]))
