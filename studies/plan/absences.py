"""Films that will never come: recorded with a reason, so that completeness tells a gap from a delay."""

from __future__ import annotations

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from studies.models import AbsentFilm, Visit
from studies.models.film import VIEWS
from studies.naming import checked_text, used_once

EXPECTED = [(side, view) for view, _ in VIEWS for side in ("L", "R")]


def record_absence(*, visit: Visit, side: str, view: str, reason: str, actor: Actor) -> AbsentFilm:
    """This view of the visit was not taken, or is lost."""
    authorise(actor, Action.SET_UP_TRIAL)
    reason = checked_text("reason", reason, longest=200)
    if (side, view) not in EXPECTED:
        raise BadInput("film", f"{side} {view}", ", ".join(f"{side} {view}" for side, view in EXPECTED))
    with audited_atomic():
        films = visit.films.filter(view=view, side__in=[side, "B"]).live()
        if films.exists():
            raise WrongState(f"{side} {view} of visit {visit.code}", "received", "a view without a film")
        with used_once("film", f"{side} {view}", f"the list of visit {visit.code}"):
            absent = AbsentFilm.objects.create(visit=visit, side=side, view=view, reason=reason)
        tell(absent, "studies.film.marked-absent", actor, reason)
    return absent


def withdraw_absence(*, absent: AbsentFilm, reason: str, actor: Actor) -> None:
    """The film is expected after all."""
    authorise(actor, Action.SET_UP_TRIAL)
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        ended = AbsentFilm.objects.filter(pk=absent.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
        if not ended:
            raise WrongState(f"{absent}", "expected", "a film recorded as never to come")
        tell(absent, "studies.film.expected-again", actor, reason)


def tell(absent: AbsentFilm, action: str, actor: Actor, reason: str) -> None:
    """The event of a film given up or expected again."""
    record(
        action=action,
        actor=actor,
        stream=absent.visit.subject.trial.code,
        subject=("studies.visit", str(absent.visit_id)),
        reason=reason,
        details={"side": absent.side, "view": absent.view, "visit": absent.visit.code},
    )
