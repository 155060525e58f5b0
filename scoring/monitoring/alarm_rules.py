"""The charter's rules that raise an alarm about a reader, from the figures of the monitoring page."""

from __future__ import annotations

from reading.charter.terms import Terms
from scoring.models import AlarmRule
from scoring.monitoring.campaign import Monitored
from scoring.monitoring.reader import MonitoredReader


def alarms_about(reader: MonitoredReader, monitored: Monitored, terms: Terms) -> dict[AlarmRule, str]:
    """The rules that the reader currently breaks, each with its finding. Too few cases break no rule."""
    found: dict[AlarmRule, str] = {}
    if terms.alarm_drift and (words := monitored.alarm_in_words(reader)):
        found[AlarmRule.DRIFT] = words
    if words := above(reader.missing_share, terms.alarm_missing, "of the sites were not assessable"):
        found[AlarmRule.MISSING] = words
    discordant = reader.discordant_share if terms.adjudicates else None
    if words := above(discordant, terms.alarm_discordant, "of the compared cases were discordant"):
        found[AlarmRule.DISCORDANT] = words
    return found


def above(share: float | None, limit: float, what: str) -> str:
    """The finding that a share is above its limit; empty if it is not, is not known, or there is no limit.

    >>> above(0.25, 0.2, "of the sites were not assessable")
    '25.0 % of the sites were not assessable; the charter allows 20 %.'
    >>> above(0.2, 0.2, ""), above(0.9, 0, ""), above(None, 0.2, "")
    ('', '', '')
    """
    if share is None or not limit or share <= limit:
        return ""
    return f"{100 * share:.1f} % {what}; the charter allows {100 * limit:g} %."
