"""Which terms a later charter version may change for a campaign, once it is open and once it has a signature."""

from __future__ import annotations

from dataclasses import fields

from reading.charter.terms import Terms

# The cases and reads of an open campaign were made by these terms.
FIXED_AT_OPENING = frozenset(
    {
        "instrument",
        "presentation",
        "readers_per_case",
        "minimum_timepoints",
        "outside_visits",
        "repeats_share",
    }
)
# How the work is done, not what its result is. Every other term stays as it was at the first signature.
MAY_CHANGE = frozenset(
    {
        "qualification_required",
        "display_check_required",
        "repeats_washout_days",
        "batch_size",
        "read_interval_minutes",
        "cases_per_sitting",
        "sitting_pause_minutes",
        "cases_per_day",
        "alarm_drift",
        "alarm_missing",
        "alarm_discordant",
        "lead_approval",
    }
)


def barred_terms(before: Terms, after: Terms, *, signed: bool) -> list[str]:
    """The names of the terms that differ and that an open campaign keeps.

    >>> barred_terms(Terms(), Terms(cases_per_day=40, adjudication_threshold=5.0), signed=True)
    ['adjudication_threshold']
    >>> barred_terms(Terms(), Terms(cases_per_day=40, adjudication_threshold=5.0), signed=False)
    []
    """
    differing = [one.name for one in fields(Terms) if getattr(before, one.name) != getattr(after, one.name)]
    return [name for name in differing if name in FIXED_AT_OPENING or (signed and name not in MAY_CHANGE)]
