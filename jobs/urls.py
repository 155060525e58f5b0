"""The one address of jobs that needs no sign-in; the health page is among those of accounts."""

from __future__ import annotations

from django.urls import path

from jobs.views import healthz

urlpatterns = [path("healthz", healthz, name="healthz")]
