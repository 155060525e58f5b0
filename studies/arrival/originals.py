"""Access to an identified original: by a person or an operator, with a reason, and never without an audit event."""

from __future__ import annotations

from typing import BinaryIO

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from studies.arrival.quarantine import copy_original
from studies.models import Film
from studies.naming import checked_text


def open_original(*, film: Film, actor: Actor, reason: str, out: BinaryIO) -> None:
    """Writes the original unencrypted. The audit event comes first, so that no access goes unrecorded."""
    authorise(actor, Action.CHECK_FILMS)
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        record(
            action="studies.original.opened",
            actor=actor,
            stream=film.trial.code,
            subject=("studies.film", str(film.pk)),
            reason=reason,
            details={"sha256": film.sha256},
        )
    copy_original(film.original_file, out)
