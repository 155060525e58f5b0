"""Allocates cases to readers at random over the whole campaign, with even loads. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reading.issuing.randomisation import Draw


@dataclass(frozen=True)
class Assignment:
    """One read to be issued: case and reader by id."""

    case: int
    reader: int
    kind: str = "primary"


def allocate(
    draw: Draw,
    *,
    wanted: Mapping[int, int],
    excluded: Mapping[int, frozenset[int]],
    readers: Sequence[int],
    loads: Mapping[int, int],
    size: int,
) -> list[Assignment]:
    """Draws up to `size` cases and gives each as many readers as it still needs.

    `wanted` maps case to missing reads, `excluded` case to people who may not read it, `loads` reader to open reads.
    A case for which too few readers remain is skipped, and another one is drawn instead.
    """
    load = {reader: loads.get(reader, 0) for reader in readers}
    able = {case: [reader for reader in readers if reader not in excluded.get(case, frozenset())] for case in wanted}
    readable = sorted(case for case in wanted if len(able[case]) >= wanted[case])
    assignments: list[Assignment] = []
    for case in draw.permutation(readable)[:size]:
        for reader in least_loaded(draw, able[case], load)[: wanted[case]]:
            load[reader] += 1
            assignments.append(Assignment(case, reader))
    return assignments


def least_loaded(draw: Draw, readers: Sequence[int], load: Mapping[int, int]) -> list[int]:
    """The readers by load, equal loads in drawn order."""
    return sorted(draw.permutation(sorted(readers)), key=lambda reader: load.get(reader, 0))
