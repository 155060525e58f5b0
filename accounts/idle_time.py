"""When a session ends: after the idle time without a request, and after its longest duration."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import HttpRequest

from accounts.sign_in import BEGAN, SEEN, end_session, stamp

# The session is written at most this often, so that a page with many requests writes it once.
SEEN_EVERY_SECONDS = 30


def keep_or_end(request: HttpRequest) -> None:
    """Counts this request as activity unless it is passive; ends an expired session."""
    now, session = int(time.time()), request.session
    if BEGAN not in session:
        stamp(request)
    if now - session[SEEN] > settings.IDLE_MINUTES * 60:
        end_session(request, reason="idle too long")
    elif now - session[BEGAN] > settings.SESSION_HOURS * 3600:
        end_session(request, reason="longest session reached")
    elif request.headers.get("X-Passive") != "1" and now - session[SEEN] >= SEEN_EVERY_SECONDS:
        session[SEEN] = now
