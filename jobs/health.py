"""The health of each component: for /healthz, for the health page and for the demo when it starts."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from tempfile import TemporaryFile

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.timesince import timesince

from audit.anchor_targets import failing_targets
from audit.models import Event
from audit.protection import unprotected
from config.celery import app
from config.vital import FURTHER, VITAL
from config.wording import counted
from jobs import presence
from jobs.models import Job, Pulse
from jobs.pulse import is_beating


class Unwell(Exception):
    """A component does not work; the text gives the reason, for people who can fix it."""


class NothingYet(Exception):
    """There is no fault, but no evidence yet that the component works; the text names the missing evidence."""


@dataclass(frozen=True)
class ComponentHealth:
    """The health of one component; `shown` is False while there is no evidence yet that it works."""

    part: str
    well: bool
    says: str
    shown: bool = True


def ask(part: str, check: str) -> ComponentHealth:
    """Checks one component; any error becomes its result."""
    function: Callable[[], str] = import_string(check)
    try:
        return ComponentHealth(part, True, function())
    except NothingYet as says:
        return ComponentHealth(part, True, str(says), shown=False)
    except Unwell as error:
        return ComponentHealth(part, False, str(error))
    except Exception as error:  # an error in a check must never hide a fault
        return ComponentHealth(part, False, f"no answer: {type(error).__name__}")


def ask_all(parts: Mapping[str, str]) -> list[ComponentHealth]:
    """Checks each component in turn."""
    return [ask(part, check) for part, check in parts.items()]


def vital() -> list[ComponentHealth]:
    """The components that Blindread requires; in the demo also that its data are complete."""
    return ask_all(VITAL | ({"demo": "jobs.health.demo"} if settings.DEMO else {}))


def further() -> list[ComponentHealth]:
    """The components that may be unavailable for a time."""
    return ask_all(FURTHER)


def database() -> str:
    """The database responds, and its regulated tables are protected."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if bare := unprotected():
        raise Unwell(f"regulated tables without protection: {', '.join(bare)}")
    return {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[connection.vendor]


def broker() -> str:
    """The broker accepts messages."""
    with app.connection_for_write() as link:
        link.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        return {"redis": "Redis", "filesystem": "files"}.get(link.transport_cls, str(link.transport_cls))


def worker() -> str:
    """A worker has reported within seconds, and messages reach it or it is busy."""
    there, gone = presence.present(), presence.gone()
    if not there:
        raise Unwell(last_of(presence.shown()))
    says = counted(there, "worker") + (f", {gone} gone" if gone else "")
    if Job.objects.held().exists():
        return f"{says}, busy"
    if is_beating("worker", within=timedelta(seconds=90)):
        return f"{says}, idle"
    raise Unwell(f"{says}, but messages do not reach it: {last_seen('worker')}")


def sweeper() -> str:
    """The sweeper has run recently, and no chore has failed."""
    if not is_beating("sweeper", within=timedelta(seconds=60)):
        raise Unwell(last_seen("sweeper"))
    if failed := Pulse.objects.filter(part__startswith="chore ", well=False).first():
        raise Unwell(f"{failed.part} failed: {failed.says}")
    return "running"


def disk() -> str:
    """Each folder that Blindread writes to is writable and has enough space."""
    least = None
    for folder in settings.WRITTEN_FOLDERS:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as probe:  # a separate file for each check
            probe.write(b"1")
        free = shutil.disk_usage(folder).free
        least = free if least is None else min(least, free)
    gigabytes = (least or 0) / 1e9
    if (least or 0) < settings.MIN_FREE_BYTES:
        raise Unwell(f"{gigabytes:.1f} GB free; at least {settings.MIN_FREE_BYTES / 1e9:.1f} GB is required")
    return f"{gigabytes:.1f} GB free"


def mail() -> str:
    """The mail server accepts a connection. A mail that could not be sent is a failed job with its reason."""
    backend = get_connection(fail_silently=False)
    if not isinstance(backend, EmailBackend):
        return "mail is written to files"
    backend.open()
    backend.close()
    return "the mail server answers"


def decoders() -> str:
    """The server that decodes films in restricted processes accepts a connection."""
    if not settings.DECODER_SOCKET:
        return "started by each worker"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(2)
        try:
            link.connect(settings.DECODER_SOCKET)
        except OSError as error:
            raise Unwell(f"no connection: {error.strerror}") from None
    return "ready"


def backups() -> str:
    """The last backup is at most 26 hours old."""
    if is_beating("backup", within=timedelta(hours=26)):
        return last_seen("backup")
    if not settings.BACKUP_DAILY:
        raise NothingYet(f"automatic backups are off; {last_seen('backup')}")
    raise Unwell(last_seen("backup"))


def anchors() -> str:
    """The copies of anchors outside the host are up to date."""
    if failing := failing_targets():
        listed = ", ".join(f"{target} ({error})" for target, error in sorted(failing.items()))
        raise Unwell(f"anchors were not copied to {listed}")
    if not settings.ANCHOR_TARGETS:
        raise NothingYet("not copied outside this machine: ANCHOR_TARGETS is empty")
    return f"copied to {', '.join(settings.ANCHOR_TARGETS)}"


def audit_trail() -> str:
    """The result of the last verification."""
    last = Event.objects.filter(action="audit.trail.verified").newest_first().first()
    if last is None:
        raise NothingYet("not verified yet")
    details = last.content["details"]
    if not details["intact"]:
        raise Unwell(f"NOT INTACT: {details['findings'][0]}")
    if not details["events"]:
        raise NothingYet(f"the last verification, {timesince(last.at)} ago, found no event to verify")
    return f"intact {timesince(last.at)} ago, {counted(details['events'], 'event')}"


def demo() -> str:
    """The demo data are complete enough for a visitor."""
    pulse = Pulse.objects.filter(part="demo").first()
    if pulse is None or not pulse.well:
        raise Unwell(pulse.says if pulse else "data being prepared")
    return pulse.says or "ready"


def last_seen(part: str) -> str:
    """When the component last reported."""
    return last_of(Pulse.objects.filter(part=part))


def last_of(pulses: QuerySet[Pulse]) -> str:
    """When the newest of these was reported."""
    pulse = pulses.order_by("-at").first()
    return f"last seen {timesince(pulse.at, timezone.now())} ago" if pulse else "never seen"
