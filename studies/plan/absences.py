"""Films that are not available: recorded with a reason, so that completeness distinguishes a gap from a delay."""

from __future__ import annotations

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from studies.models import AbsentFilm, Visit
from studies.models.film import VIEWS
from studies.naming import checked_choice, checked_text, used_once
from studies.plan.visits import named

EXPECTED = [(side, view) for view, _ in VIEWS for side in ("L", "R")]


def view_name(side: str, view: str) -> str:
    """A view in words, for example left hand."""
    return f"{'left' if side == 'L' else 'right'} {view}"


FILMS = [(f"{side}-{view}", view_name(side, view)) for side, view in EXPECTED]


def record_absence(*, visit: Visit, side: str, view: str, reason: str, actor: Actor) -> AbsentFilm:
    """Records that this view of the visit was not taken, or is lost."""
    authorise(actor, Action.SET_UP_TRIAL)
    reason = checked_text("reason", reason, longest=200)
    film = dict(FILMS)[checked_choice("film", f"{side}-{view}", FILMS)]
    with audited_atomic():
        films = visit.films.filter(view=view, side__in=[side, "B"]).live()
        if films.exists():
            raise WrongState(
                f"{named(visit)} has a film of the {film}."
                " Only a film that was not received can be recorded as not available."
            )
        with used_once(f"The {film} of this visit is already recorded as not available.", field="film"):
            absent = AbsentFilm.objects.create(visit=visit, side=side, view=view, reason=reason)
        record_event(absent, "studies.film.marked-absent", actor, reason)
    return absent


def withdraw_absence(*, absent: AbsentFilm, reason: str, actor: Actor) -> None:
    """Withdraws the record: the film is expected after all."""
    authorise(actor, Action.SET_UP_TRIAL)
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        ended = AbsentFilm.objects.filter(pk=absent.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
        if not ended:
            raise WrongState(f"The {view_name(absent.side, absent.view)} of this visit is already expected again.")
        record_event(absent, "studies.film.expected-again", actor, reason)


def record_event(absent: AbsentFilm, action: str, actor: Actor, reason: str) -> None:
    """The event of a film recorded as not available or expected again."""
    record(
        action=action,
        actor=actor,
        stream=absent.visit.subject.trial.code,
        subject=("studies.visit", str(absent.visit_id)),
        reason=reason,
        details={"side": absent.side, "view": absent.view, "visit": absent.visit.code},
        tracked=[absent],
    )
