"""What the audit trail records about itself."""

from __future__ import annotations

from audit.declared_actions import declare

declare(
    "audit.trail.verified",
    label="Audit trail verified",
    sentence="verified the audit trail[ ({events:event})][: intact{intact?}][: {findings:finding}]",
    seen_by={"auditor", "administrator", "system"},
)
