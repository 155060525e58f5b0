"""Films on hold for their site: completed, kept as separate films or withdrawn; and dates confirmed by the site."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import quoted
from jobs.queue import add
from studies.arrival.sop_instances import check_alone
from studies.desk.confirmed import FIRST_DAY, is_film_day, latest_day
from studies.film_states import locked, move
from studies.models import Film, FilmStatus, Subject, Visit
from studies.models.film import DATABLE, DATE_CONFIRMED, KEPT_APART, SAME_UID, UNREADABLE_BY
from studies.plan.consent import demand_consenting


def complete(
    *,
    film: Film,
    actor: Actor,
    subject: Subject | None = None,
    visit: Visit | None = None,
    film_date: date | None = None,
) -> None:
    """Adds the missing information about a held film and requests that it is read again."""
    authorise(actor, Action.UPLOAD_FILMS)
    subject = subject or (visit.subject if visit else None)
    check_place(film, subject, visit)
    values: dict[str, object] = {"status_reason": ""}
    if subject is not None:
        values["subject"] = subject
    if visit is not None:
        values["visit"] = visit
    if film_date is not None:
        values |= {"film_date": checked_day(film_date), "film_date_source": "site"}
    with audited_atomic():
        film = locked_held(film)
        changes = move(film, FilmStatus.RECEIVED, **values)
        add(kind="studies.deidentify", key=f"film-{film.pk}-{secrets.token_hex(4)}", payload={"film": film.pk})
        record_event(film, "studies.film.completed", actor, changes)


def keep_apart(*, film: Film, reason: str, actor: Actor) -> None:
    """Two pictures have the same SOP Instance UID and both are correct: this one continues with its own UID."""
    authorise(actor, Action.UPLOAD_FILMS)
    reason = checked_reason(reason)
    with audited_atomic():
        film = locked_held(film)
        if SAME_UID not in film.header:
            raise WrongState(
                f"The film {quoted(film.original_name)} has its own identifier."
                " Only a film held because another one has the same identifier can be kept in addition to it."
            )
        header = {**film.header, KEPT_APART: True}
        changes = move(film, FilmStatus.RECEIVED, status_reason="", header=header)
        add(kind="studies.deidentify", key=f"film-{film.pk}-{secrets.token_hex(4)}", payload={"film": film.pk})
        record_event(film, "studies.film.kept-apart", actor, {"status": changes["status"]}, reason)


def discard(*, film: Film, reason: str, actor: Actor) -> None:
    """Withdraws a held film that the site sent by mistake. Its bytes and its manifest line are kept."""
    authorise(actor, Action.UPLOAD_FILMS)
    reason = checked_reason(reason)
    with audited_atomic():
        film = locked_held(film)
        changes = move(film, FilmStatus.REFUSED, status_reason=f"Taken back by the site: {reason}"[:500])
        record_event(film, "studies.film.taken-back", actor, changes, reason)


def read_again(*, film: Film, actor: Actor) -> None:
    """Reads a film that an earlier version of the product could not read again from its stored bytes."""
    authorise(actor, Action.UPLOAD_FILMS)
    with audited_atomic():
        film = locked(film)
        if UNREADABLE_BY not in film.header:
            raise WrongState(
                f"The film {quoted(film.original_name)} is {film.get_status_display().lower()}."
                " Only a film that was refused as unreadable can be read again."
            )
        check_alone(film)
        changes = move(film, FilmStatus.RECEIVED, status_reason="")
        add(kind="studies.deidentify", key=f"film-{film.pk}-{secrets.token_hex(4)}", payload={"film": film.pk})
        record_event(film, "studies.film.read-again", actor, changes)


def locked_held(film: Film) -> Film:
    film = locked(film)
    if film.status != FilmStatus.HELD:
        raise WrongState(
            f"The film {quoted(film.original_name)} is {film.get_status_display().lower()}."
            " Only a film that is held for its site can be completed, kept in addition to another one or taken back."
        )
    return film


def checked_reason(reason: str) -> str:
    if not reason.strip():
        raise BadInput("The reason is missing. Enter why you decided this.", field="reason")
    return reason.strip()[:300]


def confirm_date(*, film: Film, film_date: date, actor: Actor) -> None:
    """The site states on which date the film was taken; the date in the header is kept unchanged."""
    authorise(actor, Action.UPLOAD_FILMS)
    day = checked_day(film_date)
    with audited_atomic():
        film = locked(film)
        if film.status not in DATABLE:
            raise WrongState(
                f"The film {quoted(film.original_name)} is {film.get_status_display().lower()}."
                " Its date can be confirmed only until the QC desk has decided on it."
            )
        source = "header" if day == film.film_date and film.film_date_source == "header" else "site"
        header = {**film.header, DATE_CONFIRMED: True}
        Film.objects.filter(pk=film.pk).update(film_date=day, film_date_source=source, header=header)
        changes: dict[str, list[object]] = {
            "film_date": [film.film_date, day],
            "film_date_source": [film.film_date_source, source],
        }
        record_event(film, "studies.film-date.confirmed", actor, changes)


def date_films(*, films: Sequence[Film], film_date: date, actor: Actor) -> None:
    """One date for several held films without a date: all of them get it, or none."""
    authorise(actor, Action.UPLOAD_FILMS)
    if not films:
        raise BadInput("No file is selected. Select the files that were taken on this date.", field="film")
    with audited_atomic():
        for film in sorted(films, key=lambda film: film.pk):
            if film.film_date:
                raise WrongState(
                    f"The film {quoted(film.original_name)} already has the date {film.film_date}."
                    " Only files without a date are given one together."
                )
            complete(film=film, film_date=film_date, actor=actor)


def checked_day(day: date) -> date:
    """A date on which a film can have been taken."""
    if not is_film_day(day):
        raise BadInput(
            f"The film date cannot be {day}. Enter a date from {FIRST_DAY} to {latest_day()}.", field="film_date"
        )
    return day


def check_place(film: Film, subject: Subject | None, visit: Visit | None) -> None:
    if subject is not None and subject.site_id != film.site_id:
        raise BadInput(
            f"The subject does not belong to site {film.site.code}. Choose one of its subjects.", field="subject"
        )
    if visit is not None and subject is not None and visit.subject_id != subject.pk:
        raise BadInput(f"Visit {visit.code} does not belong to subject {subject.code}.", field="visit")
    demand_consenting(subject)


def record_event(film: Film, action: str, actor: Actor, changes: dict[str, list[object]], reason: str = "") -> None:
    record(
        action=action,
        actor=actor,
        stream=film.trial.code,
        subject=("studies.film", str(film.pk)),
        changes={name: [None if value is None else str(value) for value in pair] for name, pair in changes.items()},
        reason=reason,
        tracked=[film],
    )
