"""The context of every page: the version, whether this is the demo, the single sign-on, and the menu."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from accounts.navigation import Navigation


def page(request: HttpRequest) -> dict[str, object]:
    """The context of base.html."""
    return {
        "DEMO": settings.DEMO,
        "IDLE_MINUTES": settings.IDLE_MINUTES,
        "VERSION": settings.SPECTACULAR_SETTINGS["VERSION"],
        "SIGN_ON_NAME": settings.SIGN_ON_NAME,
        "navigation": Navigation(request),
    }
