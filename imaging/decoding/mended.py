"""Header values with a clear meaning but a wrong spelling: rewritten before anything reads them."""

from __future__ import annotations

import re

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset

from imaging.allow_list import FOOT_PARTS, HAND_PARTS, NUMBERS, WORDS
from imaging.decoding.findings import Finding, finding

DECIMALS = tuple(keyword for keyword in NUMBERS if dictionary_VR(keyword) == "DS")
DECIMAL = re.compile(r"\s*[+-]?\d*[.,]?\d+([eE][+-]?\d+)?\s*")
LEFT_WORDS = frozenset({"L", "LT", "LEFT", "LINKS", "LINKE", "LINKER", "GAUCHE", "IZQUIERDA", "IZQUIERDO", "SINISTRA"})
RIGHT_WORDS = frozenset(
    {"R", "RT", "RIGHT", "RECHTS", "RECHTE", "RECHTER", "DROITE", "DROIT", "DERECHA", "DERECHO", "DESTRA"}
)
BOTH_WORDS = frozenset({"B", "BOTH", "BILATERAL", "BILAT", "BEIDE", "BEIDSEITS"})
SIDE_NAMES = {"L": "left", "R": "right", "B": "both"}


def mend(dataset: Dataset) -> list[Finding]:
    """Changes the data set in memory and reports how each value was read; never quotes the original text."""
    commas = [finding for keyword in DECIMALS for finding in decimal_comma(dataset, keyword)]
    sides = [finding for keyword in ("ImageLaterality", "Laterality") for finding in mend_side(dataset, keyword)]
    return [*commas, *sides, *body_part(dataset)]


def written(dataset: Dataset, keyword: str) -> str:
    """The text as it is in the file."""
    if keyword not in dataset:
        return ""
    value = dataset.get_item(keyword).value
    return (value.decode("latin-1") if isinstance(value, bytes) else str(value or "")).strip("\0 ")


def decimal_comma(dataset: Dataset, keyword: str) -> list[Finding]:
    parts = written(dataset, keyword).split("\\")
    if not any("," in part for part in parts) or not all(DECIMAL.fullmatch(part) for part in parts):
        return []
    setattr(dataset, keyword, [part.strip().replace(",", ".") for part in parts])
    return [
        finding("decimal-comma", f"{keyword} is written with a decimal comma. The comma is read as a decimal point.")
    ]


def mend_side(dataset: Dataset, keyword: str) -> list[Finding]:
    word = written(dataset, keyword).upper()
    side = "" if word in WORDS[keyword] else side_of(word)
    if not side:
        return []
    dataset.ImageLaterality = side  # Laterality has no value B
    return [side_finding(keyword, side)]


def side_finding(keyword: str, side: str) -> Finding:
    return finding("side-in-words", f"{keyword} gives the side in words. It is read as {SIDE_NAMES[side]}.")


def side_of(word: str) -> str:
    tokens = set(re.findall(r"[A-Z]+", word))
    left, right = bool(tokens & LEFT_WORDS), bool(tokens & RIGHT_WORDS)
    if tokens & BOTH_WORDS or (left and right):
        return "B"
    return "L" if left else "R" if right else ""


def body_part(dataset: Dataset) -> list[Finding]:
    """A body part that names more than the part, such as HAND LEFT."""
    word = written(dataset, "BodyPartExamined").upper()
    tokens = {token.removesuffix("S") for token in re.findall(r"[A-Z]+", word)}
    parts = sorted(tokens & (HAND_PARTS | FOOT_PARTS))
    if word in WORDS["BodyPartExamined"] or len(parts) != 1:
        return []
    dataset.BodyPartExamined = parts[0]
    found = [finding("part-in-words", f"BodyPartExamined names more than the body part. It is read as {parts[0]}.")]
    side = side_of(word)
    if side and not any(written(dataset, keyword) for keyword in ("ImageLaterality", "Laterality")):
        dataset.ImageLaterality = side
        found.append(side_finding("BodyPartExamined", side))
    return found
