"""Every check of the installation, in the order of the report."""

from __future__ import annotations

from typing import Any

from validation.checks import Check, CheckResult, Say, run_checks
from validation.iq import chosen_settings, clocks, keys, stored, tables, versions
from validation.iq.product_files import Digests, files_check

CHECKS: tuple[Check[Any], ...] = (
    versions.python,
    versions.database,
    versions.broker,
    versions.packages,
    versions.package_files,
    chosen_settings.mode,
    chosen_settings.connections,
    chosen_settings.secrets,
    chosen_settings.sign_in,
    chosen_settings.copies,
    chosen_settings.deployment,
    tables.migrations,
    tables.protection,
    tables.rights,
    keys.mac_keys,
    keys.sealing_key,
    keys.quarantine_key,
    keys.anchor_key,
    keys.secret_key,
    stored.stored_files,
    clocks.clocks,
)


def run_iq(manifest: Digests | None, say: Say) -> list[CheckResult]:
    """Checks the installation and changes nothing."""
    return run_checks((files_check(manifest), *CHECKS), None, say)
