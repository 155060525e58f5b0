"""A design without any disturbance, and with one disturbance at a time, to show the effect of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from rehearsal.trial.design import Design

NEVER_DISCORDANT = 10_000.0


def plain(design: Design) -> Design:
    """Observed data and exchangeable readers: no event, no absent film, no third read, no slip, no drift."""
    readers = replace(design.readers, slips=0.0, drift=0.0, seen=0.0, fatigue=0.0, missing=0.0, lost=0.0)
    arms = tuple(replace(arm, rescued=0.0, switch_week=0) for arm in design.arms)
    charter = replace(design.charter, threshold=NEVER_DISCORDANT)
    return replace(design, arms=arms, readers=readers, charter=charter, absent=0.0)


def adjudicated(design: Design) -> Design:
    return replace(plain(design), charter=design.charter)


def extrapolated(design: Design) -> Design:
    return replace(plain(design), arms=design.arms, absent=design.absent)


def with_missing_sites(design: Design) -> Design:
    found, whole = plain(design), design.readers
    return replace(found, readers=replace(found.readers, missing=whole.missing, lost=whole.lost))


def with_slips(design: Design) -> Design:
    found = plain(design)
    return replace(found, readers=replace(found.readers, slips=design.readers.slips))


def with_drift(design: Design) -> Design:
    found, whole = plain(design), design.readers
    return replace(found, readers=replace(found.readers, drift=whole.drift, seen=whole.seen, fatigue=whole.fatigue))


def as_designed(design: Design) -> Design:
    return design


SCENARIOS: Mapping[str, Callable[[Design], Design]] = MappingProxyType(
    {
        "observed": plain,
        "adjudication": adjudicated,
        "extrapolation": extrapolated,
        "missing sites": with_missing_sites,
        "slips": with_slips,
        "drift and fatigue": with_drift,
        "as designed": as_designed,
    }
)
