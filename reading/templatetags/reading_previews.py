"""Films sent with the reading screen: previews inside the page, small levels right after it."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def preview_of(previews: dict[str, str], token: str) -> str:
    """The picture of a film as a data address."""
    return previews[token]


@register.filter
def small_band(bands_url: str) -> str:
    """The address of a film's small level: one band."""
    return bands_url.format(level="small", band=0)
