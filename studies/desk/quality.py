"""The decisions at the QC desk: accept, reject, question, withdraw; each is kept with what it confirmed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.models import Model

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from imaging.decoding.findings import POLARITY
from studies.arrival import replacement
from studies.arrival.sop_instances import check_alone
from studies.desk import masks
from studies.desk.confirmed import Confirmed
from studies.desk.designation import rivals, stand_back
from studies.desk.masks import MaskState
from studies.desk.sides import check_side
from studies.desk.verdicts import QuestionReason, RejectReason, WithdrawReason, checked_reason, reason_in_words
from studies.film_states import locked, locked_at_its_visit, locked_visit, move, order_rendition, person
from studies.models import Film, FilmStatus, MaskSet, QualityDecision, Visit
from studies.naming import checked_choice, checked_text
from studies.plan.consent import demand_consenting
from studies.plan.visits import named
from studies.questions import threads as questions

# The audit action of each decision.
DECIDED = {
    "accept": "studies.film.accepted",
    "reject": "studies.film.rejected",
    "question": "studies.film.questioned",
    "withdraw": "studies.film.withdrawn",
    "reopen": "studies.film.reopened",
}


def accept(
    *,
    film: Film,
    actor: Actor,
    side: str,
    view: str,
    film_date: date | None,
    spacing_mm: float | None,
    visit: Visit | None = None,
    note: str = "",
    acknowledged: Collection[str] = (),
    inverted: bool | None = None,
    side_confirmed: bool = False,
    designate: bool = False,
) -> QualityDecision:
    """The film may be read. Every finding must be acknowledged by its code; `spacing_mm` None means an unknown scale.

    `inverted` is required where the header contradicts itself about the polarity, and only there. A side that the
    header, the file name or a letter on the film contradicts needs `side_confirmed`. Masks that wait for the second
    person do not delay the decision: the reader image is made once both are complete (decision 6).
    """
    authorise(actor, Action.CHECK_FILMS)
    confirmed = Confirmed(side, view, film_date, spacing_mm, bool(inverted))
    confirmed.check()
    note = checked_text("note", note, longest=500, required=False)
    with audited_atomic():
        film, visit = locked_together(film, visit)
        check_acknowledged(film, acknowledged)
        check_polarity(film, inverted)
        check_side(film, side, confirmed=side_confirmed)
        mask_set = checked_masks(film, confirmed)
        changes, losing = file(film, visit, confirmed, designate)
        replacement.set_aside(film=film, actor=actor)
        decision = decide(film, actor, "accept", note=note, **confirmed.fields())
        if masks.state_of(film, mask_set) in (MaskState.CONFIRMED, MaskState.NOT_NEEDED):
            order_rendition(film)
        record_event(film, "accept", actor, decision, changes, seen(film, visit, mask_set, acknowledged), losing)
    return decision


def locked_together(film: Film, visit: Visit | None) -> tuple[Film, Visit]:
    """The current film and the visit that it is accepted for, by default its own, both locked."""
    if visit is None:
        film = locked_at_its_visit(film)
    else:
        locked_visit(visit.pk)
        film = locked(film)
    return film, checked_visit(film, visit)


def seen(film: Film, visit: Visit, mask_set: MaskSet | None, acknowledged: Collection[str]) -> dict[str, object]:
    """The data shown to the person: findings, masks and the digest of the pixels that they approved."""
    return {
        "visit": visit.code,
        "acknowledged": sorted({finding["code"] for finding in film.findings} & set(acknowledged)),
        "pixels": film.pixel_sha256,
        "masks": mask_set and mask_set.revision,
    }


def checked_visit(film: Film, visit: Visit | None) -> Visit:
    """The visit of the film: the one it was sent for, or another one of the same site."""
    visit = visit or film.visit
    if visit is None:
        raise BadInput(
            f"Film {film.pk} has no visit. Choose a visit of a subject of site {film.site.code}.", field="visit"
        )
    if visit.subject.site_id != film.site_id:
        raise BadInput(
            f"{named(visit)} belongs to another site than film {film.pk}."
            f" Choose a visit of a subject of site {film.site.code}.",
            field="visit",
        )
    if visit.not_done_reason:
        raise WrongState(f"{named(visit)} is recorded as not done. Choose another visit, or reopen this one first.")
    demand_consenting(visit.subject)
    return visit


def check_acknowledged(film: Film, acknowledged: Collection[str]) -> None:
    if open_ones := [finding["text"] for finding in film.findings if finding["code"] not in acknowledged]:
        raise BadInput(
            f"Not every finding of film {film.pk} is acknowledged."
            f" Tick each one once you have looked at it: {' '.join(open_ones)}",
            field="acknowledged",
        )


def check_polarity(film: Film, inverted: bool | None) -> None:
    asked = polarity_asked(film)
    if asked and inverted is None:
        raise BadInput(
            f"The header of film {film.pk} contradicts itself about its polarity."
            " Choose whether the film is shown as it is or inverted.",
            field="inverted",
        )
    if not asked and inverted:
        raise BadInput(
            f"The polarity of film {film.pk} is certain from its header, so the film cannot be inverted.",
            field="inverted",
        )


def polarity_asked(film: Film) -> bool:
    """Whether the person must choose the polarity."""
    return any(finding["code"] == POLARITY for finding in film.findings)


def checked_masks(film: Film, confirmed: Confirmed) -> MaskSet | None:
    """The newest set: it must exist if masks are needed, with a cut if the film shows both sides."""
    mask_set = masks.newest(film)
    state = masks.state_of(film, mask_set)
    if state in (MaskState.MISSING, MaskState.REFUSED):
        problem = "were refused" if state == MaskState.REFUSED else "are missing"
        raise WrongState(
            f"The masks of film {film.pk} {problem}."
            " Draw masks that hide the suspected text, or state that there is none."
        )
    cut = bool(mask_set and mask_set.crops)
    if confirmed.side == "B" and not cut:
        raise BadInput(
            f"Film {film.pk} is not cut into a left and a right part."
            " Choose left or right, or cut the film in two first.",
            field="side",
        )
    if confirmed.side != "B" and cut:
        raise BadInput(
            f"Film {film.pk} is cut into a left and a right part. Choose both sides, or remove the cut first.",
            field="side",
        )
    return mask_set


def file(film: Film, visit: Visit, confirmed: Confirmed, designate: bool) -> tuple[dict[str, list[object]], list[Film]]:
    """Files the film with the confirmed facts; returns the changes and the films that are no longer designated."""
    counts, losing = settle_counting(film, visit, confirmed, designate)
    changes = move(
        film,
        FilmStatus.ACCEPTED,
        **confirmed.fields(),
        film_date_source="confirmed",
        visit=visit,
        subject=visit.subject,
        designated=counts,
        status_reason="",
    )
    return changes, losing


def settle_counting(film: Film, visit: Visit, confirmed: Confirmed, designate: bool) -> tuple[bool, list[Film]]:
    """Whether this film is designated for its view: the first one is, a later one only by a decision.

    Also returns the films that are no longer designated because of it.
    """
    others = rivals(film, visit=visit, side=confirmed.side, view=confirmed.view)
    others = [other for other in others if other.pk != film.replaces_id]
    if designate:
        film.side = confirmed.side
        return True, stand_back(film, others)
    return not any(other.designated for other in others), []


def reject(*, film: Film, actor: Actor, reason: str, note: str = "") -> QualityDecision:
    """Rejects the film; the site sees the reason and sends another one."""
    authorise(actor, Action.CHECK_FILMS)
    reason, note = checked_reason(RejectReason, reason, note)
    says = ": ".join(filter(None, [RejectReason(reason).label, note]))
    return end(film, actor, FilmStatus.REJECTED, "reject", reason, note, status_reason=says[:500], designated=False)


def reopen(*, film: Film, actor: Actor, reason: str) -> QualityDecision:
    """Reverses a rejection: the film returns to the desk, unless the same file was filed again in the meantime."""
    authorise(actor, Action.CHECK_FILMS)
    if not reason.strip():
        raise BadInput("The reason is missing. State why the rejection was wrong.", field="reason")
    with audited_atomic():
        film = locked(film)
        if film.status != FilmStatus.REJECTED:
            raise WrongState(
                f"Film {film.pk} is {film.get_status_display().lower()}. Only a rejected film can be reopened."
            )
        check_alone(film)
        return end(film, actor, FilmStatus.DEIDENTIFIED, "reopen", "", reason.strip()[:500], status_reason="")


def withdraw(*, film: Film, actor: Actor, reason: str, note: str = "") -> QualityDecision:
    """Withdraws a ready film that is wrong; it is not read any more."""
    authorise(actor, Action.CHECK_FILMS)
    reason, note = checked_reason(WithdrawReason, reason, note)
    says = ": ".join(filter(None, [WithdrawReason(reason).label, note]))
    return end(film, actor, FilmStatus.WITHDRAWN, "withdraw", reason, note, status_reason=says[:500], designated=False)


def question(*, film: Film, actor: Actor, reason: str, text: str) -> QualityDecision:
    """Asks the site before a decision; the film stays at the desk."""
    authorise(actor, Action.CHECK_FILMS)
    checked_choice("reason", reason, QuestionReason.choices)
    with audited_atomic():
        asked = questions.ask(trial=film.trial, film=film, text=text, actor=actor)
        says = QuestionReason(reason).label
        return end(film, actor, FilmStatus.QUESTIONED, "question", reason, "", status_reason=says, asked=asked.pk)


def end(
    film: Film,
    actor: Actor,
    to: FilmStatus,
    verb: str,
    reason: str,
    note: str,
    *,
    asked: int | None = None,
    **values: object,
) -> QualityDecision:
    with audited_atomic():
        film = locked(film)
        changes = move(film, to, **values)
        decision = decide(film, actor, verb, reason=reason, note=note)
        record_event(film, verb, actor, decision, changes, {"question": asked} if asked else {})
    return decision


def decide(film: Film, actor: Actor, verb: str, **values: object) -> QualityDecision:
    return QualityDecision.objects.create(film=film, decision=verb, decided_by_id=person(actor), **values)


def record_event(
    film: Film,
    verb: str,
    actor: Actor,
    decision: QualityDecision,
    changes: Mapping[str, Sequence[object]],
    details: Mapping[str, object],
    others: Sequence[Film] = (),
) -> None:
    recorded = {
        name: [str(value) if isinstance(value, Model) else value for value in pair] for name, pair in changes.items()
    }
    record(
        action=DECIDED[verb],
        actor=actor,
        stream=film.trial.code,
        subject=("studies.film", str(film.pk)),
        changes=recorded,
        reason=": ".join(filter(None, [reason_in_words(verb, decision.reason), decision.note])),
        details={"decision": decision.pk, **details},
        rows=[decision],
        tracked=[film, *others],
    )


def word(value: object) -> object:
    """A visit or a subject by its code."""
    return str(value) if isinstance(value, Model) else value
