"""Pages about the plan and the received films."""

from __future__ import annotations
