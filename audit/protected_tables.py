"""The regulated table of the trail itself. Each app lists its own in a file of this name; see `protection.py`."""

from __future__ import annotations

from audit.protection import protect

protect("audit_event")
