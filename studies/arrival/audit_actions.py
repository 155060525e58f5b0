"""What the audit trail records about received films; never a file name; a reason may name a person."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.roles import Role
from audit.declared_actions import declare

INTAKE = frozenset({Role.COORDINATOR, Role.CHECKER})
REASON = ("reason",)


def on_intake(name: str, label: str, sentence: str, hides: Iterable[str] = ()) -> None:
    """Declares an action on what a site sends."""
    declare(name, label=label, sentence=sentence, seen_by=INTAKE, hides=hides)


on_intake("studies.film.received", "Film received", "sent film {id}[ from site {site}]", hides=REASON)
on_intake(
    "studies.film.received-again",
    "Film received again",
    "sent film {id} again[ from site {site}]",
    hides=(*REASON, "details.says"),
)
on_intake(
    "studies.system-files.ignored",
    "System files left out",
    "sent system files[ ({files:file})][ from site {site}] that were left out of transmittal {id}",
    hides=REASON,
)
on_intake("studies.film.read-again", "Refused film processed again", "read refused film {id} again")
on_intake(
    "studies.file.refused",
    "File refused",
    "sent a file[ from site {site}] that was refused[ ({code})], in transmittal {id}",
    hides=REASON,
)
on_intake("studies.film.held", "Film held", "held film {id} for its site[ ({code})]", hides=REASON)
on_intake("studies.film.refused", "Film refused", "refused film {id}[ ({code})]", hides=REASON)
on_intake("studies.film.deidentified", "Film de-identified", "de-identified film {id}[, {removed:element} removed]")
on_intake("studies.film.completed", "Held film completed", "added the missing information about held film {id}")
on_intake(
    "studies.film.kept-apart",
    "Both films kept",
    "kept film {id} apart from another film with the same UID",
    hides=REASON,
)
on_intake("studies.film.taken-back", "Held film taken back", "took back held film {id}", hides=REASON)
on_intake("studies.film-date.confirmed", "Film date confirmed", "confirmed the date of film {id}[ as {new.film_date}]")
on_intake("studies.film.rendered", "Reader images made", "made the reader images of film {id}")
on_intake(
    "studies.rendition.failed",
    "Reader images failed",
    "returned film {id} to the desk, because its reader images could not be made",
    hides=REASON,
)
on_intake("studies.original.opened", "Original opened", "opened the original of film {id}", hides=REASON)
on_intake("studies.sender.admitted", "Sender admitted", "admitted sender {label|calling_ae|id}[ for site {site}]")
on_intake("studies.sender.revoked", "Sender revoked", "revoked sender {id}[ of site {site}]")
