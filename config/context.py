"""What every page may show: the product's version and whether this is the demo."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, object]:
    """Context for base.html."""
    return {"DEMO": settings.DEMO, "VERSION": settings.SPECTACULAR_SETTINGS["VERSION"]}
