"""Problems with films: a reader reports one, the coordinator records how it was resolved."""

from __future__ import annotations

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import either, quoted
from reading.capture_chains import chain_of, hold_chains, in_hand
from reading.models import ImageProblem, Read, ReadStep
from reading.room.steps import step_before, timepoints_shown

PROBLEMS = {
    "wrong-side": "The film shows the other side",
    "wrong-view": "The film shows another view",
    "not-readable": "The film cannot be read",
    "identity": "The film shows a name, a date or a visit",
    "other": "Something else",
}


def report_problem(
    *, read: Read, actor: Actor, film_token: str, reason: str, note: str, step: ReadStep | None = None
) -> ImageProblem:
    """Reports a problem with a film on the screen to the coordinator."""
    authorise(actor, Action.READ_CASES)
    if reason not in PROBLEMS:
        raise BadInput(f"The problem cannot be {quoted(reason)}. Choose {either(map(quoted, PROBLEMS.values()))}.")
    films = {film.token: film for one in timepoints_shown(read, step or step_before(read)) for film in one.films.all()}
    if film_token and film_token not in films:
        raise BadInput("This film is not on the screen. Choose one that is, and report the problem again.")
    with audited_atomic():
        hold_chains([read])
        read.refresh_from_db(fields=["status"])
        problem = ImageProblem.objects.create(read=read, film=films.get(film_token), reason=reason, note=note[:500])
        record(
            action="reading.image-problem.reported",
            actor=actor,
            stream=chain_of(read) if in_hand(read) else read.case.campaign.trial.code,
            subject=("reading.read", str(read.pk)),
            reason=PROBLEMS[reason],
            details={"case": read.case.number},
            tracked=[problem],
        )
    return problem


def settle_problem(*, problem: ImageProblem, actor: Actor, settlement: str) -> None:
    """Records what the coordinator did about the problem."""
    authorise(actor, Action.RETURN_READS)
    if not settlement.strip():
        raise BadInput("Write in a sentence what was done about the problem.", field="reason")
    with audited_atomic():
        touched = ImageProblem.objects.filter(pk=problem.pk, settled_at=None).update(
            settled_at=timezone.now(), settlement=settlement.strip()[:300]
        )
        if touched != 1:
            raise WrongState("This image problem has already been resolved.")
        record(
            action="reading.image-problem.settled",
            actor=actor,
            stream=problem.read.case.campaign.trial.code,
            subject=("reading.read", str(problem.read_id)),
            reason=settlement,
            details={"case": problem.read.case.number},
            tracked=[problem],
        )
