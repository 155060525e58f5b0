"""Visits: planned, outside the plan, and not done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import counted
from studies.models import Film, Subject, Trial, Visit, VisitKind, VisitPlan
from studies.models.film import OUT_OF_PLAY
from studies.naming import checked_choice, checked_code, checked_name, checked_text, checked_whole, used_once
from studies.plan.known_visits import FilmRow
from studies.visit_window import BASELINE_DAY

OUTSIDE_THE_PLAN = (VisitKind.UNSCHEDULED, VisitKind.RESCUE, VisitKind.EARLY_TERMINATION)
# The numbers of a plan by field: name, minimum and maximum.
PLAN_NUMBERS = {
    "target_day": ("target day", -365, 7305),
    "days_before": ("number of days before the target day", 0, 365),
    "days_after": ("number of days after the target day", 0, 365),
}


def baseline_day(films: Iterable[Film | FilmRow]) -> date | None:
    """The day from which a subject's target days are counted: the first film in play of a visit planned for day 0."""
    return min((film.film_date for film in films if film.film_date and sets_baseline(film)), default=None)


def sets_baseline(film: Film | FilmRow) -> bool:
    """Whether the film shows a visit planned for day 0."""
    plan = film.visit.plan if film.visit else None
    return plan is not None and plan.target_day == BASELINE_DAY and film.status not in OUT_OF_PLAY


def baseline_of(subject_id: int) -> date | None:
    """The same for a subject whose films have not been loaded yet."""
    films = Film.objects.filter(visit__subject=subject_id, visit__plan__target_day=BASELINE_DAY)
    needed = ("film_date", "status", "visit__plan__target_day")
    return baseline_day(films.select_related("visit__plan").only(*needed))


def checked_plan(*, label: str, target_day: int, days_before: int, days_after: int) -> dict[str, str | int]:
    """The fields of a plan; the window may not be wider than a year on either side."""
    return {
        "label": checked_name("label", label, longest=80),
        "target_day": checked_number("target_day", target_day),
        "days_before": checked_number("days_before", days_before),
        "days_after": checked_number("days_after", days_after),
    }


def checked_number(field: str, value: int | str) -> int:
    """One of the numbers of a plan."""
    thing, least, most = PLAN_NUMBERS[field]
    return checked_whole(thing, value, least=least, most=most, field=field)


def plan_visit(
    *, trial: Trial, code: str, label: str, target_day: int, actor: Actor, days_before: int = 14, days_after: int = 14
) -> VisitPlan:
    """A visit of the protocol; subjects who are enrolled already get it too."""
    authorise(actor, Action.SET_UP_TRIAL)
    code = checked_code("visit code", code, field="visit")
    fields = checked_plan(label=label, target_day=target_day, days_before=days_before, days_after=days_after)
    with audited_atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)
        with used_once(f"Trial {trial.code} already has a visit {code}. Choose another code.", field="visit"):
            plan = VisitPlan.objects.create(trial=trial, code=code, **fields)
            visits = Visit.objects.bulk_create(
                Visit(subject=subject, plan=plan, code=code) for subject in trial.subjects.all()
            )
        record(
            action="studies.planned-visit.added",
            actor=actor,
            stream=trial.code,
            subject=("studies.visitplan", str(plan.pk)),
            details={"code": code, **fields},
            tracked=[plan, *visits],
        )
    return plan


def change_plan(
    *, plan: VisitPlan, label: str, target_day: int, days_before: int, days_after: int, reason: str, actor: Actor
) -> None:
    """An amendment of the protocol; films keep their dates, deviations are calculated again."""
    authorise(actor, Action.SET_UP_TRIAL)
    reason = checked_text("reason", reason, longest=200)
    new = checked_plan(label=label, target_day=target_day, days_before=days_before, days_after=days_after)
    with audited_atomic():
        old = VisitPlan.objects.select_for_update().get(pk=plan.pk)
        changes = {name: [getattr(old, name), value] for name, value in new.items() if getattr(old, name) != value}
        VisitPlan.objects.filter(pk=plan.pk).update(**new)
        record(
            action="studies.planned-visit.changed",
            actor=actor,
            stream=plan.trial.code,
            subject=("studies.visitplan", str(plan.pk)),
            changes=changes,
            reason=reason,
            details={"code": plan.code},
            tracked=[plan],
        )


def add_visit(*, subject: Subject, code: str, kind: str, actor: Actor) -> Visit:
    """A visit outside the plan: unscheduled, early escape or rescue, early termination."""
    authorise(actor, Action.SET_UP_TRIAL)
    code = checked_code("visit code", code, field="visit")
    checked_choice("kind of visit", kind, [(one, one.label) for one in OUTSIDE_THE_PLAN])
    if subject.trial.visit_plans.filter(code=code).exists():
        raise BadInput(f"The code {code} belongs to a planned visit. Choose another one, such as UNS-1.", field="visit")
    with audited_atomic():
        with used_once(f"Subject {subject.code} already has a visit {code}. Choose another code.", field="visit"):
            visit = Visit.objects.create(subject=subject, code=code, kind=kind)
        record(
            action="studies.visit.added",
            actor=actor,
            stream=subject.trial.code,
            subject=("studies.visit", str(visit.pk)),
            details={"subject": subject.code, "code": code, "kind": kind},
            tracked=[visit],
        )
    return visit


def mark_not_done(*, visit: Visit, reason: str, actor: Actor) -> None:
    """Records that the visit took place without films or not at all; its films are no longer expected."""
    authorise(actor, Action.SET_UP_TRIAL)
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        if films := visit.films.live().count():
            raise WrongState(
                f"{named(visit)} has {counted(films, 'film')}. Only a visit without films can be recorded as not done."
            )
        if not Visit.objects.filter(pk=visit.pk, not_done_reason="").update(not_done_reason=reason):
            raise WrongState(
                f"{named(visit)} is already recorded as not done. Reopen it before you give another reason."
            )
        record_event(
            visit, "studies.visit.marked-not-done", actor, changes={"not_done_reason": ["", reason]}, reason=reason
        )


def reopen_visit(*, visit: Visit, reason: str, actor: Actor) -> None:
    """Withdraws the record: the visit is expected after all."""
    authorise(actor, Action.SET_UP_TRIAL)
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        old = Visit.objects.select_for_update().get(pk=visit.pk).not_done_reason
        if not old:
            raise WrongState(f"{named(visit)} is already expected. Only a visit recorded as not done can be reopened.")
        Visit.objects.filter(pk=visit.pk).update(not_done_reason="")
        record_event(
            visit, "studies.visit.expected-again", actor, changes={"not_done_reason": [old, ""]}, reason=reason
        )


def named(visit: Visit) -> str:
    """A visit in words, as the beginning of a refusal."""
    return f"Visit {visit.code} of subject {visit.subject.code}"


def record_event(visit: Visit, action: str, actor: Actor, *, changes: dict[str, list[object]], reason: str) -> None:
    """The event of a change to one visit."""
    record(
        action=action,
        actor=actor,
        stream=visit.subject.trial.code,
        subject=("studies.visit", str(visit.pk)),
        changes=changes,
        reason=reason,
        details={"subject": visit.subject.code, "code": visit.code},
        tracked=[visit],
    )
