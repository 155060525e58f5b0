"""What the audit trail may hear of films on their way in; file names and reasons may name a person."""

from __future__ import annotations

from accounts.roles import Role
from audit.registry import declare

INTAKE = frozenset({Role.COORDINATOR, Role.CHECKER})
NAMES = ("details.name", "reason")

declare("studies.film.receive", says="received a film", seen_by=INTAKE, hides=NAMES)
declare(
    "studies.film.duplicate",
    says="received a film that was here already",
    seen_by=INTAKE,
    hides=(*NAMES, "details.says"),
)
declare("studies.file.refuse", says="refused a file at the door", seen_by=INTAKE, hides=NAMES)
declare("studies.film.hold", says="held a film for its site", seen_by=INTAKE, hides=NAMES)
declare("studies.film.refuse", says="refused a film", seen_by=INTAKE, hides=NAMES)
declare("studies.film.deidentify", says="de-identified a film", seen_by=INTAKE)
declare("studies.film.complete", says="completed a held film", seen_by=INTAKE)
declare("studies.film.keep_apart", says="kept a film apart from one with its UID", seen_by=INTAKE, hides=("reason",))
declare("studies.film.discard", says="took a held film back", seen_by=INTAKE, hides=("reason",))
declare("studies.film.read_again", says="had a refused film read again", seen_by=INTAKE)
declare("studies.file.ignore", says="left out files of an operating system", seen_by=INTAKE, hides=NAMES)
declare("studies.film.confirm_date", says="confirmed the date of a film", seen_by=INTAKE)
declare("studies.film.render", says="made the reader images of a film", seen_by=INTAKE)
declare("studies.original.open", says="opened the original of a film", seen_by=INTAKE, hides=("reason",))
declare("studies.sender.admit", says="admitted a sender of films", seen_by=INTAKE)
declare("studies.sender.revoke", says="revoked a sender of films", seen_by=INTAKE)
