"""What signing in leaves behind and nobody needs any more: ended sessions, failures past their cool-off."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone


def forget_expired() -> None:
    """Deletes ended sessions and failures that lock nobody out any longer; the trail keeps what happened."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
