"""What the health page asks of each part, and which parts /healthz cannot do without.

A check takes no argument, says in a few words how the part is, and raises jobs.health.Unwell when it is not well.
"""

from __future__ import annotations

VITAL: dict[str, str] = {
    "database": "jobs.health.database",
    "broker": "jobs.health.broker",
    "worker": "jobs.health.worker",
    "disk": "jobs.health.disk",
}
FURTHER: dict[str, str] = {
    "sweeper": "jobs.health.sweeper",
    "decoders": "jobs.health.decoders",
    "mail": "jobs.health.mail",
    "backups": "jobs.health.backups",
    "audit trail": "jobs.health.audit_trail",
}
