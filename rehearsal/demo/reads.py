"""Simulated readers: they open, fill and sign reads through the same functions as people."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils import timezone

from accounts.models import User
from audit.trail import Actor
from reading.models import DisplayedFilm, DisplayedTimepoint, Read
from reading.room.cells import cells_of, instrument_of, timepoints_of
from reading.room.operations import Operation
from reading.room.saving import save_values
from reading.room.served import keep_served
from reading.room.sessions import open_read
from reading.room.signing import canonical_text, canonical_values, digest_of, sign_step
from rehearsal.demo.people import PASSWORD
from rehearsal.readers import ReaderProfile, Values, read_film_set
from rehearsal.truth import Truth
from scoring.consensus.signed_series import visits_of

AT_ONCE = 50


def read_and_sign(
    read: Read,
    truths: dict[int, Truth],
    profile: ReaderProfile,
    seed: int,
    actor: Actor,
    *,
    covered: Collection[tuple[int, str]] = (),
) -> None:
    """Fills a read with the damage that this reader would see, by visit id in true order, and signs it.

    `covered` names cells that nobody can assess, by visit id and item key.
    """
    visits = list(truths)
    instrument = instrument_of(read)
    seen = dict(
        zip(
            visits,
            read_film_set([truths[visit] for visit in visits], profile, seed, instrument=instrument.key),
            strict=True,
        )
    )
    for visit, item in covered:
        seen[visit] |= {item: None}
    enter_and_sign(read, seen, actor)


def enter_and_sign(read: Read, seen: Mapping[int, Values], actor: Actor) -> None:
    """Enters these values by visit id, step by step, and signs each step."""
    for step in read.steps.filter(locked_at=None):
        open_read(read=read, actor=actor, step=step)
        read.refresh_from_db()
        films = list(DisplayedFilm.objects.filter(timepoint__step=step, reader_image__isnull=False))
        keep_served(read=read, actor=actor, films=films)
        operations = list(operations_for(read, timepoints_of(step), seen))
        for start in range(0, len(operations), AT_ONCE):
            save_values(read=read, actor=actor, operations=operations[start : start + AT_ONCE], step=step)
        user = User.objects.get(pk=actor.user_id)
        digest = digest_of(canonical_text(canonical_values(read, step)))
        sign_step(read=read, step=step, actor=actor, user=user, password=PASSWORD, meaning="read", shown_digest=digest)


def operations_for(
    read: Read, timepoints: Sequence[DisplayedTimepoint], seen: Mapping[int, Values]
) -> Iterator[Operation]:
    """One edit for every cell that the system has not filled, in reading order."""
    filled, visits = cells_of(list(timepoints)), visits_of(read)
    for item in instrument_of(read).items:
        for timepoint in timepoints:
            if (timepoint.pk, item.key) in filled:
                continue
            value = seen[visits[timepoint.token]][item.key]
            yield Operation(
                op_id=secrets.token_hex(16),
                timepoint=timepoint.token,
                item=item.key,
                value=value,
                reason="" if value is not None else "PROJECTION",
                base_revision=0,
                captured_at=timezone.now(),
                seen_at=timezone.now(),
                entry="key",
                dwell_ms=900,
            )
