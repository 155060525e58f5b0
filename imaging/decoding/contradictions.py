"""Contradictions within a header, or signs of another kind of image: a person decides, nothing is corrected."""

from __future__ import annotations

import re
from datetime import date

from pydicom.dataset import Dataset

from imaging.allow_list import DX_PRESENTATION, WORDS
from imaging.decoding import facts
from imaging.decoding.findings import DATES, POLARITY, Finding, finding
from imaging.decoding.header import text

# A film may be stored some days after it was made; a clock that is wrong by years differs far more.
DAYS_APART = 31


def contradictions(dataset: Dataset) -> list[Finding]:
    """Each as a finding."""
    return [found for found in (polarity(dataset), dates(dataset), modality(dataset)) if found]


def polarity(dataset: Dataset) -> Finding | None:
    """Archives often report the attribute wrongly and viewers disagree about it, so only the picture can decide."""
    photometric, shape = text(dataset, "PhotometricInterpretation"), text(dataset, "PresentationLUTShape").upper()
    digital = text(dataset, "SOPClassUID") == DX_PRESENTATION
    against = {("MONOCHROME2", "INVERSE")} | ({("MONOCHROME1", "IDENTITY")} if digital else set())
    if (photometric, shape) not in against:
        return None
    words = f"{photometric} and PresentationLUTShape {shape} contradict each other"
    return finding(POLARITY, f"{words}. Choose whether the image is shown as it is or inverted.")


def dates(dataset: Dataset) -> Finding | None:
    day, source = facts.film_date(dataset)
    study = facts.day_of(dataset, "StudyDate")
    if not day or study is None or abs((date.fromisoformat(day) - study).days) <= DAYS_APART:
        return None
    return finding(DATES, f"{source} is {day}, StudyDate is {study}. Confirm the day on which the film was made.")


def modality(dataset: Dataset) -> Finding | None:
    """A film stored as another kind of image is shown according to its header; a person decides if it is a film."""
    word = text(dataset, "Modality").upper()
    if not word or word in WORDS["Modality"]:
        return None
    named = f"the modality {word}" if re.fullmatch(r"[A-Z]{2,3}", word) else "an unknown modality"
    return finding("modality", f"The header gives {named}. A radiograph has the modality CR, DX, RG or OT.")
