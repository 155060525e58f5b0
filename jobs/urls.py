"""/healthz, which needs no sign-in; the health page is in accounts."""

from __future__ import annotations

from django.urls import path

from jobs.views import healthz

urlpatterns = [path("healthz", healthz, name="healthz")]
