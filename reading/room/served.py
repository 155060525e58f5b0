"""Films that the server has sent at full size for a read, in any sitting or prefetched, stored once per film."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from reading.models import DisplayedFilm, FilmServed, Read


def keep_served(*, read: Read, actor: Actor, films: Sequence[DisplayedFilm]) -> None:
    """Stores that these films of the read were sent; existing records are unchanged."""
    authorise(actor, Action.READ_CASES)
    now = timezone.now()
    with audited_atomic():
        found = [FilmServed.objects.get_or_create(film=film, defaults={"served_at": now}) for film in films]
        fresh = [served for served, is_new in found if is_new]
        if fresh:
            record(
                action="reading.film.served",
                actor=actor,
                stream=read.case.campaign.trial.code,
                subject=("reading.read", str(read.pk)),
                details={"case": read.case.number, "films": len(fresh)},
                rows=fresh,
            )
