"""The settings that protect the installation, in words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.core import checks

from validation.checks import check, demand

KEYS = ("SECRET_KEY", "SEALING_KEY", "QUARANTINE_KEY", "ANCHOR_KEY")
LEAST_KEY = 64  # hexadecimal digits


@check(
    "R-50",
    name="mode of the installation",
    does="Reads BLINDREAD_MODE and DEBUG.",
    expects="production, without error pages for developers",
)
def mode(_: object) -> str:
    faults = [] if settings.PRODUCTION else [f"BLINDREAD_MODE is {settings.MODE}: not fit for a trial"]
    return demand(faults + (["DEBUG is on"] if settings.DEBUG else []), "production, DEBUG off")


@check(
    "R-30",
    "R-54",
    name="connection with browsers",
    does="Reads the settings of cookies, encryption and host names.",
    expects="Cookies over HTTPS only, redirection to HTTPS, and named hosts",
)
def connections(_: object) -> str:
    return demand(faults_of_connections(), f"HTTPS only, for {', '.join(settings.ALLOWED_HOSTS)}")


def faults_of_connections() -> Iterator[str]:
    """The settings that let a browser connect without protection."""
    if not settings.SECURE_COOKIES:
        yield "SECURE_COOKIES is off: cookies are also sent unencrypted"
    if not settings.SECURE_SSL_REDIRECT:
        yield "SECURE_SSL_REDIRECT is off: pages are also served unencrypted"
    if not settings.ALLOWED_HOSTS or any("*" in host for host in settings.ALLOWED_HOSTS):
        yield f"ALLOWED_HOSTS is “{','.join(settings.ALLOWED_HOSTS)}”: name the hosts of this installation"
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if not origin.startswith("https://"):
            yield f"CSRF_TRUSTED_ORIGINS has {origin}, which is unencrypted"


@check(
    "R-44",
    "R-54",
    name="secrets",
    does="Reads the secrets and compares them with one another and with those that a demo keeps in var/secrets.",
    expects="Each is supplied from outside, long enough, different from the others, and not one of the demo's",
)
def secrets(_: object) -> str:
    return demand(faults_of_secrets(settings.BASE_DIR / "var" / "secrets"), f"{', '.join(KEYS)} and AUDIT_MAC_KEYS")


def faults_of_secrets(demo: Path) -> Iterator[str]:
    """The secrets that give no protection, by name and never by value."""
    kept = {file.read_text(encoding="ascii").strip() for file in demo.glob("*") if file.is_file()}
    given = {name: str(getattr(settings, name)) for name in KEYS}
    given |= {f"AUDIT_MAC_KEYS {number}": key.hex() for number, key in settings.AUDIT_MAC_KEYS.items()}
    for name, value in given.items():
        variable = name.split()[0]
        if not (os.environ.get(variable) or os.environ.get(f"{variable}_FILE")):
            yield f"{name} was generated here, not supplied from outside"
        if len(value) < LEAST_KEY:
            yield f"{name} has fewer than {LEAST_KEY} digits"
        if value in kept or any(f"1:{value}" == one for one in kept):
            yield f"{name} is the demo's"
        if list(given.values()).count(value) > 1:
            yield f"{name} is the same as another key"


@check(
    "R-26",
    "R-31",
    name="sign-in",
    does="Reads the settings of passwords, lock-out and sessions.",
    expects="12 characters or more, lock-out after at most 10 wrong passwords, idle sessions end in 60 minutes, Argon2",
)
def sign_in(_: object) -> str:
    rules = get_default_password_validators()
    least = max((rule.min_length for rule in rules if isinstance(rule, MinimumLengthValidator)), default=0)
    wrong = {
        f"passwords of {least} characters are accepted": least < 12,
        f"lock-out only after {settings.AXES_FAILURE_LIMIT} wrong passwords": settings.AXES_FAILURE_LIMIT > 10,
        f"an idle session ends only after {settings.IDLE_MINUTES} minutes": settings.IDLE_MINUTES > 60,
        f"passwords are stored with {settings.PASSWORD_HASHERS[0]}": "Argon2" not in settings.PASSWORD_HASHERS[0],
    }
    seen = f"{least} characters, lock-out after {settings.AXES_FAILURE_LIMIT}, idle for {settings.IDLE_MINUTES} min"
    return demand([fault for fault, found in wrong.items() if found], seen)


@check(
    "R-45",
    "R-10",
    name="copies elsewhere",
    does="Reads the settings of backups and anchors.",
    expects="A daily backup to a recipient, and anchors copied outside this host",
)
def copies(_: object) -> str:
    wrong = {
        "BACKUP_DAILY is off": not settings.BACKUP_DAILY,
        "BACKUP_RECIPIENT is empty: backups are readable": not settings.BACKUP_RECIPIENT,
        "ANCHOR_TARGETS is empty: no anchor leaves this host": not settings.ANCHOR_TARGETS,
    }
    faults = [fault for fault, found in wrong.items() if found]
    kinds = sorted({target.partition(":")[0] for target in settings.ANCHOR_TARGETS})  # the rest may name a person
    return demand(faults, f"daily, encrypted; anchors to {', '.join(kinds)}")


@check(
    "R-50",
    name="Django's deployment checks",
    does="Runs check --deploy.",
    expects="No warning",
)
def deployment(_: object) -> str:
    found = [one for one in checks.run_checks(include_deployment_checks=True) if not one.is_silenced()]
    return demand([f"{one.id}: {one.msg.splitlines()[0]}" for one in found], "no warning")
