"""The regulated table of the trail itself, whose rows are never changed."""

from __future__ import annotations

from audit.protection import protect

protect("audit_event")
