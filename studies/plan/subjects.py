"""Enrolment: a subject of a site, with the visits that the protocol requires."""

from __future__ import annotations

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from studies.models import Site, Subject, Trial, Visit
from studies.naming import checked_subject_code, used_once


def enrol(*, trial: Trial, site: Site, code: str, actor: Actor) -> Subject:
    """A new subject; a visit is made for every plan of the trial."""
    authorise(actor, Action.SET_UP_TRIAL)
    code = checked_subject_code(code)
    if site.trial_id != trial.pk:
        raise BadInput(f"Site {site.code} belongs to another trial. Choose a site of trial {trial.code}.", field="site")
    with audited_atomic():
        # The lock ensures that a visit planned at the same moment includes the new subject.
        Trial.objects.select_for_update().get(pk=trial.pk)
        with used_once(f"Trial {trial.code} already has a subject {code}. Choose another code.", field="subject"):
            subject = Subject.objects.create(trial=trial, site=site, code=code)
        plans = list(trial.visit_plans.all())
        visits = Visit.objects.bulk_create(Visit(subject=subject, plan=plan, code=plan.code) for plan in plans)
        record(
            action="studies.subject.enrolled",
            actor=actor,
            stream=trial.code,
            subject=("studies.subject", str(subject.pk)),
            details={"code": code, "site": site.code, "visits": [plan.code for plan in plans]},
            tracked=[subject, *visits],
        )
    return subject
