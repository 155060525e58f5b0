"""What the audit trail records about itself."""

from __future__ import annotations

from audit.registry import declare

declare("audit.verify", says="verified the audit trail", seen_by={"auditor", "administrator", "system"})
