"""A missing rule as the command line writes it."""

from __future__ import annotations

from instruments.missing import RULES, MissingRule, get_rule

RULE_HELP = f"one of {', '.join(RULES)}; parameters are given as RULE:limit=0.25,whole_side=true"


def parsed_rule(text: str) -> MissingRule:
    """RULE or RULE:parameter=value,parameter=value.

    >>> parsed_rule("paired-proportional:limit=0.2").limit
    0.2
    """
    name, _, rest = text.partition(":")
    pairs = (part.partition("=") for part in rest.split(",") if part)
    return get_rule(name, **{key.strip(): read_value(value.strip()) for key, _, value in pairs})


def read_value(text: str) -> object:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text
