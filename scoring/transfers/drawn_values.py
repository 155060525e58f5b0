"""The values of a test transfer: drawn from the seed alone, so that neither they nor the seed reveal a true value.

A permutation of true values by a published seed could be undone. Only the structure is kept: which films there
are, who read them, and in how many revisions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from instruments.definition import Instrument, Item
from instruments.not_assessable import ABSENT
from reading.issuing.randomisation import Draw
from reading.models import DisplayedTimepoint, Read, ReadKind, SignedValues
from reading.room.signing import canonical_text
from scoring.consensus.signed_series import versions_of, visits_of
from scoring.datasets.case_rows import CaseData, timepoints_of

# One site in 40 is not assessable, one in two without damage.
NOT_ASSESSABLE, NO_DAMAGE = 1 / 40, 1 / 2
FIRST_READER = "READER 1"
DrawnEntry = tuple[int | None, str]


class DrawnValues:
    """The entries of one case by reading, visit and item.

    Readers of a case share one reading, so that they agree. If there was an adjudicator, each has their own, and
    READER 1 has the largest change between the first visit and the last, so that the case is adjudicated again.
    """

    def __init__(self, seed: bytes, number: int, data: CaseData) -> None:
        self.seed, self.number, self.data = seed, number, data
        self.apart = any(read.kind == ReadKind.ADJUDICATION for read in data.signed)
        self.readings: dict[str, list[list[DrawnEntry]]] = {}

    def of(self, read: Read) -> list[list[DrawnEntry]]:
        """The entries of a read by place of the visit and by item; a repeat has those of the read that it repeats."""
        name = str(self.data.reader_codes.get(read.reader_id, "")) if self.apart else ""
        if name not in self.readings:
            draw = Draw(self.seed, f"values of case {self.number} {name}")
            places, items = self.data.places, self.data.instrument.items
            reading = [[drawn(draw, self.data.instrument, item) for item in items] for _ in places]
            if self.apart and self.data.slots.get(read.reader_id) == FIRST_READER:
                reading[0] = [(min(item.allowed), "") for item in items]
                reading[-1] = [(max(item.allowed), "") for item in items]
            self.readings[name] = reading
        return self.readings[name]


def drawn(draw: Draw, instrument: Instrument, item: Item) -> DrawnEntry:
    """A possible grade of the item, or a reason why it was not assessable."""
    if draw.chance(NOT_ASSESSABLE):
        reasons = [reason.code for reason in instrument.reasons if not reason.operated]
        return None, reasons[draw.below(len(reasons))]
    if draw.chance(NO_DAMAGE):
        return min(item.allowed), ""
    return item.allowed[draw.below(len(item.allowed))], ""


def redraw(read: Read, values: DrawnValues) -> None:
    """Replaces everything that was saved and signed for a read by drawn entries, in memory only."""
    entries, visits, instrument = values.of(read), visits_of(read), values.data.instrument
    signed = versions_of(read)
    covered = {
        (token, item, entry[2])
        for one in signed
        for token, shown in one.timepoints.items()
        for item, entry in shown["values"].items()
    }
    for timepoint in timepoints_of(read):
        of_visit = entries[values.data.places[visits[timepoint.token]]]
        redraw_scores(values.data, timepoint, of_visit, covered)
    for one in signed:
        sign_again(one, {token: entries[values.data.places[visit]] for token, visit in visits.items()}, instrument)


def redraw_scores(
    data: CaseData,
    timepoint: DisplayedTimepoint,
    entries: Sequence[DrawnEntry],
    covered: set[tuple[str, str, int]],
) -> None:
    """Every revision of a timepoint: the entry where it was signed, otherwise another grade or none."""
    for score in data.scores[timepoint.pk]:
        place = data.instrument.positions[score.item]
        value, reason = entries[place]
        if (timepoint.token, score.item, score.revision) not in covered:
            allowed = data.instrument.items[place].allowed
            value, reason = allowed[score.revision % len(allowed)], ""
        if score.reason != ABSENT.code and (score.value is not None or score.reason):
            score.value, score.reason = value, reason
        score.change_note = "scrambled" if score.change_note else ""


def sign_again(signed: SignedValues, entries: dict[str, Sequence[DrawnEntry]], instrument: Instrument) -> None:
    """The signed bytes with drawn entries, under their own digest."""
    content: dict[str, Any] = json.loads(signed.values)
    for token, shown in content["timepoints"].items():
        for item, (_, reason, revision) in shown["values"].items():
            if reason != ABSENT.code:
                shown["values"][item] = [*entries[token][instrument.positions[item]], revision]
    put(signed, content)


def put(signed: SignedValues, content: dict[str, Any]) -> None:
    """Replaces the bytes of signed values in memory."""
    signed.values = canonical_text(content)
    signed.digest = hashlib.sha256(signed.values.encode("ascii")).hexdigest()
    vars(signed).pop("timepoints", None)
