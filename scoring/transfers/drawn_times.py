"""The mode and time of entry in a test transfer. Also drawn, because rows that were filled at once contained zeros."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

from reading.issuing.randomisation import Draw
from reading.models import Read
from scoring.datasets.case_rows import CaseData, timepoints_of
from scoring.datasets.saved_scores import SavedScore

KEY, SYSTEM = "key", "system"
SHORTEST, LONGEST = 1_000, 20_000  # milliseconds between two entries


def redraw_entries(data: CaseData, read: Read, draw: Draw) -> None:
    """Makes every entry of a read by key, in the order of the sheet, in memory only.

    The system's entries for absent films are unchanged.
    """
    groups = entries_of(data, read)
    for group in groups:
        spread(group, draw)
    ordered = list(chain.from_iterable(groups))
    for score, pk in zip(ordered, sorted(score.pk for score in ordered), strict=True):
        score.pk = pk


def entries_of(data: CaseData, read: Read) -> list[Sequence[SavedScore]]:
    """The entries of each step, with those after its first signature separate; each in the order of the sheet."""
    groups: dict[tuple[bool, int], dict[tuple[int, int, int], SavedScore]] = defaultdict(dict)
    for timepoint in timepoints_of(read):
        for score in data.scores[timepoint.pk]:
            if score.entry != SYSTEM:
                place = (score.revision, timepoint.position, data.instrument.positions[score.item])
                groups[score.after_signature, timepoint.step.position][place] = score
    return [[group[place] for place in sorted(group)] for _, group in sorted(groups.items())]


def spread(entries: Sequence[SavedScore], draw: Draw) -> None:
    """Sets entry by key at drawn intervals, ending when the last entry was saved."""
    at = max(score.saved_at for score in entries)
    for score in reversed(entries):
        score.entry, score.captured_plausible = KEY, True
        score.saved_at, score.captured_at = at, at - timedelta(milliseconds=draw.below(SHORTEST))
        at -= timedelta(milliseconds=SHORTEST + draw.below(LONGEST - SHORTEST))
