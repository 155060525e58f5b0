"""The proof of blinding: two worlds, planted leaks, canaries, and the SQL of a reader's requests."""

from __future__ import annotations
