"""Verifying the audit trail as a job: once a day, and whenever an auditor requests it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from audit.trail import Actor, audited_atomic
from audit.verify import record_event, verify
from jobs.models import Job
from jobs.queue import Lease, add

KIND = "jobs.verify_audit"


def ask(*, actor: Actor) -> Job:
    """Requests a verification; two requests within a minute cause one."""
    with audited_atomic():
        asker = {"id": actor.user_id, "label": actor.label, "role": actor.role}
        return add(kind=KIND, key=f"{timezone.now():%Y-%m-%dT%H:%M}", payload={"actor": asker})


def ask_daily() -> None:
    """Requests the daily verification."""
    with audited_atomic():
        add(kind=KIND, key=f"{timezone.now():%Y-%m-%d}", payload={})


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Verifies the audit trail and records the result."""
    asker = payload.get("actor")
    actor = Actor(asker["id"], asker["label"], asker["role"]) if asker else Actor.system("sweeper")
    report = verify()
    with audited_atomic():
        lease.finish()
        record_event(report=report, actor=actor)
