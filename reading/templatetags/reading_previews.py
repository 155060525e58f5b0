"""The previews that come within the page, so that the first frame shows the films."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def preview_of(previews: dict[str, str], token: str) -> str:
    """The picture of a film as an address that holds it."""
    return previews[token]
