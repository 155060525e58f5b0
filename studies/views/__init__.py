"""Pages about what was planned and what has been received."""

from __future__ import annotations
