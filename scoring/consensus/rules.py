"""The rules that a charter chooses, with their parameters."""

from __future__ import annotations

from instruments.intercurrent_events import EventRule, get_event_rule
from instruments.missing import MissingRule, get_rule
from instruments.progression import HALF, ZERO, Threshold, own_threshold
from reading.charter.terms import EVENT_KINDS, Terms


def rule_of(terms: Terms) -> MissingRule:
    """The charter's missing rule."""
    return get_rule(terms.missing_rule, **({} if terms.missing_rule == "none" else {"limit": terms.missing_limit}))


def event_rule_of(terms: Terms, kind: str) -> EventRule:
    """The charter's rule for an event of this kind."""
    return get_event_rule(
        getattr(terms, f"{kind}_strategy"), grace_days=terms.grace_days, minimum_interval=terms.minimum_interval
    )


def independent_kinds(terms: Terms) -> tuple[str, ...]:
    """The kinds of event that the charter declares independent of the arm."""
    return tuple(kind for kind in EVENT_KINDS if getattr(terms, f"{kind}_independent"))


def fixed_thresholds(terms: Terms) -> tuple[Threshold, ...]:
    """The charter's thresholds of progression that are fixed numbers, each once, smallest first."""
    chosen = [ZERO] if terms.zero_threshold else []
    chosen += [HALF] if terms.half_threshold else []
    if terms.fixed_threshold:
        chosen.append(own_threshold(terms.fixed_threshold, source="the charter"))
    by_value = {one.value: Threshold(one.name, one.value, one.source, terms.threshold_strict) for one in chosen}
    return tuple(by_value[value] for value in sorted(by_value))


def single_threshold(terms: Terms) -> Threshold | None:
    """The one of them that a table with a single criterion has: 0.5 where the charter has it, otherwise the smallest.

    >>> single_threshold(Terms()).condition, single_threshold(Terms(half_threshold=False)).condition
    ('CHG <= 0.5', 'CHG <= 0')
    """
    chosen = fixed_thresholds(terms)
    return next((one for one in chosen if one.value == HALF.value), chosen[0] if chosen else None)
