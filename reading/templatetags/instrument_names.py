"""Names of instruments as shown to people."""

from __future__ import annotations

from django import template

import instruments

register = template.Library()


@register.filter
def instrument_name(key: str) -> str:
    """The title of an instrument."""
    return instruments.get(key).title
