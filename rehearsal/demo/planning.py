"""The demo trial as planned: two sites, twelve subjects, three visits, and a few visits outside the plan."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.demo.people import SYSTEM
from studies.models import Site, Subject, Trial, Visit, VisitPlan
from studies.plan.subjects import enrol
from studies.plan.trials import add_site, create_trial
from studies.plan.visits import add_visit, plan_visit

CODE = "DEMO-RA"
VISITS = (("W00", "Baseline", 0), ("W24", "Week 24", 168), ("W52", "Week 52", 364))
SUBJECTS = tuple(f"{site}-{number:03d}" for number in range(1, 7) for site in ("01", "02"))


@dataclass(frozen=True)
class Planned:
    """The trial and what was planned for it."""

    trial: Trial
    sites: dict[str, Site]
    subjects: list[Subject]


def plan_trial() -> Planned:
    """Makes the trial once; afterwards finds it."""
    trial = Trial.objects.filter(code=CODE).first()
    if trial is None:
        title = "Demonstration: a rheumatoid arthritis trial of synthetic films"
        trial = create_trial(code=CODE, title=title, sponsor="None: a demonstration", actor=SYSTEM)
    for code in ("01", "02"):
        if not Site.objects.filter(trial=trial, code=code).exists():
            add_site(trial=trial, code=code, name=f"Demo site {code}", actor=SYSTEM)
    for code, label, day in VISITS:
        if not VisitPlan.objects.filter(trial=trial, code=code).exists():
            plan_visit(trial=trial, code=code, label=label, target_day=day, actor=SYSTEM)
    sites = {site.code: site for site in trial.sites.all()}
    for code in SUBJECTS:
        if not Subject.objects.filter(trial=trial, code=code).exists():
            enrol(trial=trial, site=sites[code[:2]], code=code, actor=SYSTEM)
    subjects = {subject.code: subject for subject in trial.subjects.select_related("site")}
    return Planned(trial, sites, [subjects[code] for code in SUBJECTS])


def unscheduled_visit(subject: Subject, code: str) -> Visit:
    """A visit outside the plan, made once."""
    visit = Visit.objects.filter(subject=subject, code=code).first()
    return visit or add_visit(subject=subject, code=code, kind="unscheduled", actor=SYSTEM)
