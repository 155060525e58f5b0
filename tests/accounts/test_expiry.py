"""What signing in leaves behind goes when its time is over, and not before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.cleanup import forget_expired

pytestmark = pytest.mark.django_db


def test_ended_sessions_and_spent_failures_are_forgotten() -> None:
    now = timezone.now()
    for key, hours in (("ended", -1), ("going-on", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(hours=hours))
    for name, before in (("long-ago", settings.AXES_COOLOFF_TIME * 2), ("just-now", timedelta(0))):
        attempt = AccessAttempt.objects.create(username=name, failures_since_start=5)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=now - before)
    forget_expired()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["going-on"]
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["just-now"]
