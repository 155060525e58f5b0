"""Limits on the size, number and depth of everything that is read; settings override them."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bytes unless the name says otherwise. A value equal to the limit is allowed."""

    file: int = 200 * MIB
    zip_entries: int = 5_000
    zip_total: int = 4_096 * MIB
    zip_ratio: int = 100
    zip_slack: int = MIB
    side_least: int = 64
    side_most: int = 8_192
    pixels: int = 40_000_000
    depth: int = 16
    elements: int = 20_000
    spacing_least_mm: float = 0.02
    spacing_most_mm: float = 1.0
    memory: int = 2_048 * MIB
    output: int = 512 * MIB
    cpu_seconds: int = 20
    wall_seconds: int = 60


DEFAULT = Limits()
