"""Verifying the audit trail as a job: once a day, and whenever an auditor asks."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from audit.trail import Actor, audited_atomic
from audit.verify import tell, verify
from jobs.models import Job
from jobs.queue import Lease, add

KIND = "jobs.verify_audit"


def ask(*, actor: Actor) -> Job:
    """Asks for a verification; asking twice within a minute makes one."""
    with audited_atomic():
        asker = {"id": actor.user_id, "label": actor.label, "role": actor.role}
        return add(kind=KIND, key=f"{timezone.now():%Y-%m-%dT%H:%M}", payload={"actor": asker})


def ask_daily() -> None:
    """Asks for the verification of the day."""
    with audited_atomic():
        add(kind=KIND, key=f"{timezone.now():%Y-%m-%d}", payload={})


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Verifies and tells what was found."""
    asker = payload.get("actor")
    actor = Actor(asker["id"], asker["label"], asker["role"]) if asker else Actor.system("sweeper")
    report = verify()
    with audited_atomic():
        lease.finish()
        tell(report=report, actor=actor)
