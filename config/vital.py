"""The health check of each component, and the components that /healthz requires.

A check takes no argument, returns a short description, and raises jobs.health.Unwell when the component has a fault,
or jobs.health.NothingYet when there is no evidence yet that it works.
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
    "anchors": "jobs.health.anchors",
    "audit trail": "jobs.health.audit_trail",
}
