"""What a person sends for one visit: a film, or a zip of films, each received on its own."""

from __future__ import annotations

from datetime import date
from typing import IO, BinaryIO, cast

from audit.trail import Actor
from config.errors import BadInput
from studies.intake import Receipt, members, receive
from studies.models import Film, Transmittal, Visit
from studies.replacement import checked_replaceable

ZIP_SIGN = b"PK\x03\x04"


def deliver(
    *,
    transmittal: Transmittal,
    name: str,
    file: IO[bytes],
    visit: Visit,
    film_date: date | None,
    actor: Actor,
    replaces: Film | None = None,
) -> list[Receipt]:
    """Receives the file; of a zip each member, so that one bad film does not touch the others."""
    sign = file.read(len(ZIP_SIGN))
    file.seek(0)
    if sign == ZIP_SIGN and replaces is not None:
        raise BadInput("file", name, "one film, for it replaces one film")
    films = members(file=cast(BinaryIO, file)) if sign == ZIP_SIGN else iter([(name, file)])
    return [
        receive(
            transmittal=transmittal,
            name=member,
            file=stream,
            subject=visit.subject,
            visit=visit,
            film_date=film_date,
            replaces=replaces and checked_replaceable(replaces),
            actor=actor,
        )
        for member, stream in films
    ]
