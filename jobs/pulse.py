"""Each component reports when it last worked, for the health page and /healthz."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from jobs.models import Pulse


def beat(part: str, *, well: bool = True, says: str = "") -> None:
    """Records that the component has just worked, or that it tried and failed."""
    Pulse.objects.update_or_create(part=part, defaults={"at": timezone.now(), "well": well, "says": says[:300]})


def is_beating(part: str, *, within: timedelta) -> bool:
    """Whether the component has worked recently."""
    return Pulse.objects.filter(part=part, well=True, at__gte=timezone.now() - within).exists()
