"""The report of a de-identification: which attributes were kept, replaced, written by us or removed. Never a value."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from imaging.allow_list import RULES_VERSION
from imaging.decoding.header import DicomFilm
from imaging.decoding.pixels import Pixels
from imaging.masks import Rectangle


@dataclass
class DeidentificationReport:
    """How each attribute was handled, by name, with the version of the rules."""

    rules_version: str
    kept: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    removed: dict[str, int] = field(default_factory=dict)
    masks: int = 0
    looked_at: bool = False

    @classmethod
    def of_plain(cls, kind: str, masks: tuple[Rectangle, ...] | None) -> DeidentificationReport:
        """A JPEG, PNG or TIFF: only its pixels were kept."""
        gone = {f"everything in the {kind.upper()} that is not pixels": 1}
        return cls(RULES_VERSION, ["pixels"], removed=gone, masks=len(masks or ()), looked_at=masks is not None)

    def as_dict(self) -> dict[str, Any]:
        """The report for the film's record."""
        return asdict(self)


def removed(film: DicomFilm, pixels: Pixels, ours: set[str]) -> dict[str, int]:
    """The names of all removed attributes with their counts, at every depth."""
    found: Counter[str] = Counter()
    count(film.dataset, "", ours, found)
    if any(film.data[:128]) and film.data[128:132] == b"DICM":
        found["preamble"] += 1
    if pixels.spare_bits_used:
        found["bits above BitsStored"] += 1
    found["file meta information"] += len(getattr(film.dataset, "file_meta", ()))
    return dict(sorted(found.items()))


def count(dataset: Dataset, prefix: str, ours: set[str], found: Counter[str]) -> None:
    for tag in sorted(dataset.keys()):
        keyword = keyword_for_tag(tag)
        name = prefix + (keyword or f"({tag.group:04X},{tag.element:04X})")
        if prefix or keyword not in ours:
            found[name] += 1
        with suppress(Exception):  # a value that cannot be parsed has no attributes
            for item in dataset[tag].value if dataset[tag].VR == "SQ" else ():
                count(item, name + "/", ours, found)
