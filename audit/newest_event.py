"""The state of a kind of record in a trial: the hash of the newest event about it."""

from __future__ import annotations

from collections.abc import Collection

from audit.models import Event


def state_of(home: str, about: Collection[str], *, besides: Collection[str] = ()) -> str:
    """The hash of the trial's newest event on records of these types; "" without one.

    `besides` are actions that change nothing relevant here. Every change of a tracked or regulated row is recorded,
    so two equal states have equal rows.
    """
    events = Event.objects.of_home(home).filter(subject_type__in=about).exclude(action__in=besides)
    return events.order_by("-pk").values_list("hash", flat=True).first() or ""
