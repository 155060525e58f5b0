"""The rules that a charter chooses, with their parameters."""

from __future__ import annotations

from instruments.missing import MissingRule, get_rule
from reading.charter.terms import Terms


def rule_of(terms: Terms) -> MissingRule:
    """The charter's missing rule."""
    return get_rule(terms.missing_rule, **({} if terms.missing_rule == "none" else {"limit": terms.missing_limit}))
