"""Enrolment: a subject of a site, with the visits that the protocol requires."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from studies.models import Site, Subject, Trial, Visit
from studies.naming import checked_subject_code

AT_ONCE = 500


def enrol(*, trial: Trial, site: Site, code: str, actor: Actor) -> Subject:
    """A new subject; a visit is made for every plan of the trial."""
    return enrol_all(trial=trial, enrolled=[(site, code)], actor=actor)[0]


def enrol_all(*, trial: Trial, enrolled: Sequence[tuple[Site, str]], actor: Actor) -> list[Subject]:
    """New subjects by site and code, in one transaction, each with its visits and its own event."""
    authorise(actor, Action.SET_UP_TRIAL)
    wanted = [(demand_own_site(trial, site), checked_subject_code(code)) for site, code in enrolled]
    with audited_atomic():
        # The lock ensures that a visit planned at the same moment includes the new subjects.
        Trial.objects.select_for_update().get(pk=trial.pk)
        demand_unused(trial, [code for _, code in wanted])
        subjects = Subject.objects.bulk_create(
            (Subject(trial=trial, site=site, code=code) for site, code in wanted), AT_ONCE
        )
        plans = list(trial.visit_plans.all())
        visits = Visit.objects.bulk_create(
            [Visit(subject=subject, plan=plan, code=plan.code) for subject in subjects for plan in plans], AT_ONCE
        )
        for place, subject in enumerate(subjects):
            record(
                action="studies.subject.enrolled",
                actor=actor,
                stream=trial.code,
                subject=("studies.subject", str(subject.pk)),
                details={"code": subject.code, "site": subject.site.code, "visits": [plan.code for plan in plans]},
                tracked=[subject, *visits[place * len(plans) : (place + 1) * len(plans)]],
            )
    return subjects


def demand_own_site(trial: Trial, site: Site) -> Site:
    """The site; BadInput for one of another trial."""
    if site.trial_id != trial.pk:
        raise BadInput(f"Site {site.code} belongs to another trial. Choose a site of trial {trial.code}.", field="site")
    return site


def demand_unused(trial: Trial, codes: Sequence[str]) -> None:
    """BadInput for a code that a subject of the trial already has, or that is given twice; the trial must be locked."""
    taken = set(trial.subjects.values_list("code", flat=True))
    for code in codes:
        if code in taken:
            raise BadInput(f"Trial {trial.code} already has a subject {code}. Choose another code.", field="subject")
        taken.add(code)
