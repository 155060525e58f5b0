"""Which static files are collected: ours and htmx. Those of other packages are not used, and some are broken."""

from __future__ import annotations

from django.contrib.staticfiles.apps import StaticFilesConfig


class ProductStaticFiles(StaticFilesConfig):
    """Leaves out the static files of packages whose pages are not used."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "account/*",
        "django_htmx/*-4*.js",
        "django_htmx/ext/*",
        "mfa/*",
        "rest_framework/*",
    ]
