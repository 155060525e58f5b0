"""Receives every file, however it was sent: it becomes a film awaiting de-identification, or a refusal with a reason.

Bad bytes are an outcome, never an exception; exceptions are for a wrong call and for a full store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.conf import settings
from django.db import IntegrityError

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from config.tokens import new_token
from config.wording import counted
from imaging.decoding.sniff import HEAD, MEDIA_TYPES, sniff
from imaging.decoding.unreadable import Unreadable
from jobs.queue import add
from studies.arrival import resent, sop_instances
from studies.arrival.held import checked_day, complete, confirm_date, discard, keep_apart
from studies.arrival.quarantine import PIECE, drop_original, keep_original
from studies.models import Film, FilmStatus, Site, Subject, Transmittal, TransmittalEntry, Trial, Visit
from studies.models.film import CONTENT
from studies.plan.consent import why_not_accepted

# The code of a refusal for lack of consent; those of unreadable files are in imaging.decoding.unreadable.
CONSENT_WITHDRAWN = "consent-withdrawn"

__all__ = [
    "IntakeReceipt",
    "complete",
    "confirm_date",
    "discard",
    "ignore",
    "keep_apart",
    "open_transmittal",
    "receive",
    "refuse",
    "turn_away",
]


@dataclass(frozen=True)
class IntakeReceipt:
    """The outcome for one file: filed, duplicate, refused or ignored, with the reason as a sentence."""

    outcome: str
    reason: str
    film: Film | None
    entry: TransmittalEntry

    @property
    def failed(self) -> bool:
        """Refused now, or refused when the same bytes were received before."""
        return self.outcome == "refused" or (self.film is not None and self.film.status == FilmStatus.REFUSED)


@dataclass
class Incoming:
    """Bytes on their way into the store, counted and hashed as they are read."""

    file: IO[bytes]
    size: int = 0
    head: bytes = b""

    def __post_init__(self) -> None:
        self.hash = hashlib.sha256()

    def chunks(self) -> Iterator[bytes]:
        """Refuses a file by its first bytes or its length, before the rest has been stored."""
        for chunk in self._counted():
            if not self.head:
                self.head = chunk[:HEAD]
                check_kind(self.head)
            yield chunk
        if not self.size:
            raise Unreadable("empty-file", "The file is empty.")

    def _counted(self) -> Iterator[bytes]:
        while chunk := self.file.read(PIECE):
            self.size += len(chunk)
            if self.size > settings.MAX_FILE_BYTES:
                raise Unreadable("file-too-large", f"The file has more than {settings.MAX_FILE_BYTES} bytes.")
            self.hash.update(chunk)
            yield chunk

    def read_to_the_end(self) -> str:
        """Counts and hashes a refused file for the manifest; empty if the file is too long."""
        with suppress(Unreadable):
            for _ in self._counted():
                pass
            return self.hash.hexdigest()
        return ""


def open_transmittal(*, trial: Trial, site: Site, channel: str, actor: Actor) -> Transmittal:
    """One delivery by one sender; its entries are the manifest of the files received."""
    authorise(actor, Action.UPLOAD_FILMS)
    if site.trial_id != trial.pk:
        raise BadInput(f"Site {site.code} belongs to another trial. Choose a site of trial {trial.code}.", field="site")
    return Transmittal.objects.create(
        trial=trial, site=site, channel=channel, sent_by_id=actor.user_id, token=new_token()
    )


def receive(
    *,
    transmittal: Transmittal,
    name: str,
    file: IO[bytes],
    actor: Actor,
    subject: Subject | None = None,
    visit: Visit | None = None,
    film_date: date | None = None,
    side: str = "",
    view: str = "",
    replaces: Film | None = None,
    sop_instance_uid: str = "",
    content_sha256: str = "",
    again: bool = False,
) -> IntakeReceipt:
    """Stores the bytes durably, then files them with their audit event and their job in one transaction.

    `again` files bytes again that this version of the product has already refused.
    """
    authorise(actor, Action.UPLOAD_FILMS)
    check_declared(transmittal, subject, visit)
    film_date = film_date and checked_day(film_date)
    if says := why_not_accepted(subject or (visit.subject if visit else None)):
        return turn_away(transmittal=transmittal, name=name, file=file, says=says, actor=actor)
    name, incoming = shown_name(name), Incoming(file)
    try:
        stored = keep_original(incoming.chunks())
    except Unreadable as refusal:
        return refuse_midway(transmittal, name, incoming, refusal, actor)
    film = new_film(transmittal, name, stored, incoming)
    film.subject, film.visit = subject or (visit.subject if visit else None), visit
    film.film_date, film.film_date_source = film_date, "site" if film_date else ""
    film.side, film.view, film.replaces, film.sop_instance_uid = side, view, replaces, sop_instance_uid
    film.header = {CONTENT: content_sha256} if content_sha256 else {}
    try:
        return filed_once(transmittal, film, actor, again)
    except BaseException:
        drop_original(stored)
        raise


def new_film(transmittal: Transmittal, name: str, stored: str, incoming: Incoming) -> Film:
    return Film(
        trial=transmittal.trial,
        site=transmittal.site,
        channel=transmittal.channel,
        original_name=name,
        original_file=stored,
        media_type=MEDIA_TYPES[sniff(incoming.head)],
        size=incoming.size,
        sha256=incoming.hash.hexdigest(),
    )


def filed_once(transmittal: Transmittal, film: Film, actor: Actor, again: bool) -> IntakeReceipt:
    """Two senders may send the same bytes at the same moment: the second one then finds the first one's film."""
    try:
        return enter_film(transmittal, film, actor, again)
    except IntegrityError:
        film.pk = None
        return enter_film(transmittal, film, actor, again)


def shown_name(name: str) -> str:
    """The sender's name for the file, for display only: shortened, without folders and control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign if sign.isprintable() else "?" for sign in last)[-255:] or "unnamed"


def check_declared(transmittal: Transmittal, subject: Subject | None, visit: Visit | None) -> None:
    site = transmittal.site
    if subject is not None and subject.site_id != site.pk:
        raise BadInput(f"The subject does not belong to site {site.code}. Choose one of its subjects.", field="subject")
    if visit is not None and (visit.subject.site_id != site.pk or (subject and visit.subject_id != subject.pk)):
        raise BadInput(f"Visit {visit.code} does not belong to the subject at site {site.code}.", field="visit")


def check_kind(head: bytes) -> None:
    if sniff(head) == "zip":
        raise Unreadable("zip-nested", "A zip inside a zip is not opened. Send its films directly.")


def enter_film(transmittal: Transmittal, film: Film, actor: Actor, again: bool) -> IntakeReceipt:
    with audited_atomic():
        known = resent.came_before(film, again=again)
        if known is not None:
            entry = enter(transmittal, film, "duplicate", resent.compare(known, film, actor), known)
            details = {"became": known.status, "says": entry.reason}
            record_event("studies.film.received-again", transmittal, film, known, actor, details, ())
        else:
            film.save(force_insert=True)
            if film.header:
                sop_instances.claim(film, film.sop_instance_uid, film.header[CONTENT])
            add(kind="studies.deidentify", key=f"film-{film.pk}", payload={"film": film.pk})
            entry = enter(transmittal, film, "filed", "", film)
            record_event("studies.film.received", transmittal, film, film, actor, {}, (film,))
    if known is not None:
        drop_original(film.original_file)
        known.refresh_from_db()
        entry.film = known
    return IntakeReceipt(entry.outcome, entry.says, known or film, entry)


def enter(transmittal: Transmittal, film: Film, outcome: str, reason: str, filed: Film | None) -> TransmittalEntry:
    return TransmittalEntry.objects.create(
        transmittal=transmittal,
        film=filed,
        name=film.original_name,
        size=film.size,
        sha256=film.sha256,
        subject=film.subject,
        visit=film.visit,
        outcome=outcome,
        reason=reason[:500],
    )


def record_event(
    action: str,
    transmittal: Transmittal,
    film: Film,
    filed: Film,
    actor: Actor,
    more: Mapping[str, object],
    tracked: Sequence[Film],
) -> None:
    record(
        action=action,
        actor=actor,
        stream=transmittal.trial.code,
        subject=("studies.film", str(filed.pk)),
        details={
            "sha256": film.sha256,
            "size": film.size,
            "channel": film.channel,
            "site": transmittal.site.code,
            "transmittal": transmittal.pk,
            **more,
        },
        tracked=tracked,
    )


def ignore(*, transmittal: Transmittal, name: str, left_out: list[str], actor: Actor) -> IntakeReceipt:
    """System files among the films: one line of the manifest for all of them, without a refusal."""
    authorise(actor, Action.UPLOAD_FILMS)
    reason = f"Not a film: {counted(len(left_out), 'system file')} left out."
    film = Film(original_name=shown_name(name), size=0)
    with audited_atomic():
        entry = enter(transmittal, film, "ignored", reason, None)
        record(
            action="studies.system-files.ignored",
            actor=actor,
            stream=transmittal.trial.code,
            subject=("studies.transmittal", str(transmittal.pk)),
            reason=entry.reason,
            details={"files": len(left_out), "site": transmittal.site.code},
        )
    return IntakeReceipt("ignored", entry.reason, None, entry)


def refuse(*, transmittal: Transmittal, name: str, file: IO[bytes], refusal: Unreadable, actor: Actor) -> IntakeReceipt:
    """Refuses a whole file; the manifest lists it with its size and digest."""
    authorise(actor, Action.UPLOAD_FILMS)
    incoming = Incoming(file)
    return refused(
        transmittal, shown_name(name), incoming, incoming.read_to_the_end(), refusal.reason_code, refusal.text, actor
    )


def turn_away(*, transmittal: Transmittal, name: str, file: IO[bytes], says: str, actor: Actor) -> IntakeReceipt:
    """A film of a subject who withdrew consent: the manifest lists it, and nothing of its content is stored."""
    authorise(actor, Action.UPLOAD_FILMS)
    incoming = Incoming(file)
    digest = incoming.read_to_the_end()
    return refused(transmittal, shown_name(name), incoming, digest, CONSENT_WITHDRAWN, says, actor)


def refuse_midway(
    transmittal: Transmittal, name: str, incoming: Incoming, refusal: Unreadable, actor: Actor
) -> IntakeReceipt:
    """A file found to be bad while it was being read; the rest of a zip bomb is not inflated for hashing."""
    digest = "" if refusal.reason_code.startswith("zip-") else incoming.read_to_the_end()
    return refused(transmittal, name, incoming, digest, refusal.reason_code, refusal.text, actor)


def refused(
    transmittal: Transmittal, name: str, incoming: Incoming, digest: str, reason_code: str, text: str, actor: Actor
) -> IntakeReceipt:
    film = Film(original_name=name, size=incoming.size, sha256=digest)
    with audited_atomic():
        entry = enter(transmittal, film, "refused", text, None)
        record(
            action="studies.file.refused",
            actor=actor,
            stream=transmittal.trial.code,
            subject=("studies.transmittal", str(transmittal.pk)),
            reason=text,
            details={"code": reason_code, "size": incoming.size, "site": transmittal.site.code},
        )
    return IntakeReceipt("refused", text, None, entry)
