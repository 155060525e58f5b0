"""The facts in a film's header, for the people who plan and check; identities are kept separately."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pydicom.dataset import Dataset

from imaging import allow_list as rules
from imaging.decoding import kept_attributes
from imaging.decoding.aspect import shown_spacing
from imaging.decoding.header import DicomFilm, text

# The day of exposure, most reliable attribute first.
DATES = ("AcquisitionDate", "AcquisitionDateTime", "SeriesDate", "StudyDate", "ContentDate")
EARLIEST_YEAR = 1990
ACQUISITION = ("Manufacturer", "ManufacturerModelName", "DetectorID", "DetectorType", "PlateID", "DeviceSerialNumber")


def facts(film: DicomFilm) -> dict[str, Any]:
    """Keywords as DICOM spells them; only numbers, dates and words of closed sets."""
    dataset, header = film.dataset, film.header
    day, source = film_date(dataset)
    side, view = side_and_view(dataset)
    return {
        "SOPClassUID": header.sop_class,
        "SOPClass": rules.SOP_CLASSES[header.sop_class],
        "TransferSyntax": film.syntax.name,
        "Modality": kept_attributes.kept_word(dataset, "Modality"),
        "Rows": header.rows,
        "Columns": header.columns,
        "BitsAllocated": header.bits_allocated,
        "BitsStored": header.bits_stored,
        "PhotometricInterpretation": header.photometric,
        "PixelSpacing": kept_attributes.kept_numbers(dataset, "PixelSpacing"),
        "ImagerPixelSpacing": kept_attributes.kept_numbers(dataset, "ImagerPixelSpacing"),
        "SpacingMM": shown_spacing(dataset),
        "BodyPartExamined": kept_attributes.kept_word(dataset, "BodyPartExamined"),
        "ViewPosition": kept_attributes.kept_word(dataset, "ViewPosition"),
        "BurnedInAnnotation": yes_or_no(text(dataset, "BurnedInAnnotation")),
        "ImageLaterality": side,
        "Side": side,
        "View": view,
        "FilmDate": day,
        "FilmDateSource": source,
    }


def identity(film: DicomFilm) -> dict[str, str]:
    """Words that distinguish one patient or device from another: for comparing under a key, never for storing."""
    device = "|".join(text(film.dataset, keyword) for keyword in ACQUISITION)
    return {
        "Patient": text(film.dataset, "PatientID"),
        "TrialSubject": text(film.dataset, "ClinicalTrialSubjectID"),
        "TimePoint": text(film.dataset, "ClinicalTrialTimePointID"),
        "Device": device.strip("|"),
    }


def uids(film: DicomFilm) -> dict[str, str]:
    """The original UIDs, by keyword."""
    return {keyword: text(film.dataset, keyword) for keyword in rules.REPLACED_UIDS}


def film_date(dataset: Dataset) -> tuple[str, str]:
    """The first date that exists in the calendar, as ISO text, and the attribute it came from."""
    days = ((day_of(dataset, keyword), keyword) for keyword in DATES)
    return next(((day.isoformat(), keyword) for day, keyword in days if day), ("", ""))


def day_of(dataset: Dataset, keyword: str) -> date | None:
    """The attribute's day when it exists in the calendar and is not an old placeholder date."""
    found = re.match(r"(\d{4})[.-]?(\d\d)[.-]?(\d\d)", text(dataset, keyword))
    if not found or int(found[1]) < EARLIEST_YEAR:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def side_and_view(dataset: Dataset) -> tuple[str, str]:
    """Side (L, R, B) and view (hand, foot), if the header gives them."""
    side = kept_attributes.kept_word(dataset, "ImageLaterality") or kept_attributes.kept_word(dataset, "Laterality")
    part = kept_attributes.kept_word(dataset, "BodyPartExamined")
    region = kept_attributes.kept_code(dataset, "AnatomicRegionSequence")
    if region is not None:
        part = {code.value: word for word, code in rules.REGION_OF_PART.items()}.get(region.value, part)
    view = "hand" if part in rules.HAND_PARTS else "foot" if part in rules.FOOT_PARTS else ""
    return side if side in ("L", "R", "B") else "", view


def yes_or_no(word: str) -> str:
    return word if word in ("YES", "NO") else ""
