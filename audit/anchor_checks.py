"""Checks for missing anchors: gaps in the numbers, an overdue anchor while chains have grown, or differing copies.

Only the events after the newest anchor could still be removed by a person who owns the database and the keys.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils import timezone

from audit import anchors
from audit.anchor_targets import AnchorCopy, copies
from audit.findings import Report
from audit.models import Event
from config.chores import CHORES

INTERVAL = timedelta(seconds=CHORES["audit.anchors.write"])


def number_of(path: Path) -> int:
    """The number in the name of an anchor; 0 when it has none."""
    number = path.name.split("-")[1]
    return int(number) if number.isdecimal() else 0


def check_numbers(report: Report) -> None:
    """Anchors are numbered from 1 without gaps."""
    expected = 1
    for path in anchors.files():
        number = number_of(path)
        if number > expected:
            gone = f"{expected:08}" if number == expected + 1 else f"{expected:08} to {number - 1:08}"
            report.found("missing anchor", "", f"anchor-{gone}", f"{path.name} is the next one in the folder")
        expected = number + 1


def check_in_time(report: Report) -> None:
    """An event is anchored within two intervals."""
    newest = newest_time()
    late = Event.objects.filter(at__lt=timezone.now() - 2 * INTERVAL)
    event = (late.filter(at__gt=newest) if newest else late).order_by("at", "pk").first()
    if event is not None:
        since = f"the newest anchor is of {newest:%Y-%m-%d %H:%M} UTC" if newest else "there is no anchor"
        report.found("late anchor", "audit_event", f"{event.pk} ({event.stream} #{event.seq})", f"{since}")


def newest_time() -> datetime | None:
    for path in reversed(anchors.files()):
        try:
            return datetime.fromisoformat(anchors.read(path).at)
        except anchors.BadAnchor:
            continue
    return None


def unanchored() -> int:
    """The number of events that no anchor covers yet: these could still be removed without a trace."""
    newest = newest_time()
    return (Event.objects.filter(at__gt=newest) if newest else Event.objects).count()


def check_copies(report: Report) -> None:
    """Checks that each copy in ANCHOR_TARGETS (folder or bucket) exists here: a missing newest anchor is noticed."""
    for target in settings.ANCHOR_TARGETS:
        try:
            for copy in copies(target):
                compare(report, copy, target)
        except (BotoCoreError, ClientError, OSError, ValueError) as error:
            says = f"the copies could not be compared ({type(error).__name__})"
            report.found("copies not compared", "", target, says)


def compare(report: Report, copy: AnchorCopy, target: str) -> None:
    """Compares a copy with the local anchor of the same name."""
    own = settings.ANCHOR_FOLDER / copy.name
    if not own.exists():
        report.found("missing anchor", "", copy.name, f"there is a copy of it in {target}")
    elif copy.content is not None and copy.content != own.read_bytes():
        report.found("bad anchor", "", copy.name, f"the copy in {target} has different content")
    if copy.changed:
        report.found("changed copy", "", copy.name, f"the copy in {target} was deleted or written again")
