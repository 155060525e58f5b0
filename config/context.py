"""What every page may show: the product's version, whether this is the demo, and the menu."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from accounts.navigation import Navigation


def house(request: HttpRequest) -> dict[str, object]:
    """Context for base.html."""
    return {
        "DEMO": settings.DEMO,
        "IDLE_MINUTES": settings.IDLE_MINUTES,
        "VERSION": settings.SPECTACULAR_SETTINGS["VERSION"],
        "navigation": Navigation(request),
    }
