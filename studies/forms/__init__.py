"""The forms of the studies pages; the domain functions decide on what is entered."""

from __future__ import annotations
