"""Which static files are collected: ours and htmx. What other packages bring is not used, and some of it is broken."""

from __future__ import annotations

from django.contrib.staticfiles.apps import StaticFilesConfig


class HouseStaticFiles(StaticFilesConfig):
    """Leaves out the pages of packages whose pages we do not use."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "account/*",
        "django_htmx/*-4*.js",
        "django_htmx/ext/*",
        "mfa/*",
        "rest_framework/*",
    ]
