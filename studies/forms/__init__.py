"""What people type on the studies pages; the domain functions have the last word on it."""

from __future__ import annotations
