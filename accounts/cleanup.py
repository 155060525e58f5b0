"""Removes sign-in data that is no longer needed: ended sessions and failures past their cool-off."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone


def forget_expired() -> None:
    """Deletes ended sessions and failures that no longer lock anybody out; the audit trail keeps what happened."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
