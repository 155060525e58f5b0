"""Pages of what was planned and what arrived."""

from __future__ import annotations
