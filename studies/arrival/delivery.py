"""A person's files for one visit: a film, or a zip of films, each received separately."""

from __future__ import annotations

from datetime import date
from typing import IO, BinaryIO, cast

from audit.trail import Actor
from config.errors import BadInput
from config.wording import quoted
from studies.arrival.intake import IntakeReceipt
from studies.arrival.replacement import checked_replaceable
from studies.arrival.zipped import is_zip, receive_each
from studies.models import Film, Transmittal, Visit


def deliver(
    *,
    transmittal: Transmittal,
    name: str,
    file: IO[bytes],
    visit: Visit,
    film_date: date | None,
    actor: Actor,
    replaces: Film | None = None,
) -> list[IntakeReceipt]:
    """Receives the file, or each member of a zip, so that one bad film does not affect the others."""
    file = cast(BinaryIO, file)
    if replaces is not None and is_zip(file):
        raise BadInput(
            f"The file {quoted(name)} is a zip. Choose a single film, because it replaces a single film.", field="file"
        )
    received = receive_each(
        transmittal=transmittal,
        name=name,
        file=file,
        actor=actor,
        subject=visit.subject,
        visit=visit,
        film_date=film_date,
        replaces=replaces and checked_replaceable(replaces),
    )
    return [receipt for _, receipt in received]
