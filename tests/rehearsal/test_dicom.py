"""A synthetic film as a DICOM file: read back, validated, and honest about what is in it."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset

from rehearsal.dicom import Patient, Variant, as_dx
from tests.rehearsal.films import whole

DAY = date(2024, 3, 5)
VARIANTS = [
    Variant(),
    Variant(monochrome1=True),
    Variant(compressed=True),
    Variant(modality="CR"),
    Variant(modality="CR", monochrome1=True, compressed=True, burned_in=True),
]


def written(region: str = "hand", variant: Variant = VARIANTS[0], **changes: Any) -> bytes:
    of: dict[str, Any] = {"patient_id": "ZZ-0001", "patient_name": "ZZ^CANARY", "study_date": DAY, "side": "L"}
    of |= {"view": "PA", "body_part": "HAND"} if region == "hand" else {"view": "AP", "body_part": "FOOT", "side": "R"}
    return as_dx(whole(region), variant=variant, **(of | changes))


def read(*args: Any, **kwargs: Any) -> FileDataset:
    return dcmread(BytesIO(written(*args, **kwargs)))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_pixels_come_back_as_they_were_drawn(variant: Variant) -> None:
    dataset = read("hand", variant)
    pixels = dataset.pixel_array
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        pixels = 4095 - pixels
    assert np.array_equal(pixels, whole("hand").pixels)
    assert (dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit) == (16, 12, 11)


def test_the_header_says_who_when_which_side_and_how_large() -> None:
    dataset = read("foot", birth_date=date(1961, 7, 8), sex="F")
    assert (dataset.PatientID, str(dataset.PatientName)) == ("ZZ-0001", "ZZ^CANARY")
    assert (dataset.PatientBirthDate, dataset.PatientSex) == ("19610708", "F")
    assert dataset.StudyDate == dataset.AcquisitionDate == "20240305"
    assert (dataset.BodyPartExamined, dataset.ViewPosition, dataset.ImageLaterality) == ("FOOT", "AP", "R")
    assert list(dataset.PatientOrientation) == ["R", "P"]
    assert [float(value) for value in dataset.ImagerPixelSpacing] == [0.2, 0.2]


def test_polarity_is_said_twice_and_alike() -> None:
    for variant in VARIANTS:
        dataset = read("hand", variant)
        shape = {"MONOCHROME1": "INVERSE", "MONOCHROME2": "IDENTITY"}[dataset.PhotometricInterpretation]
        assert dataset.PresentationLUTShape == shape


def test_names_are_recognisable_as_nobodys() -> None:
    dataset = read()
    for name in ("PatientName", "ReferringPhysicianName", "OperatorsName", "InstitutionName", "StationName"):
        assert str(dataset[name].value).startswith("ZZ")
    assert Patient("ZZ-0001", "ZZ^CANARY").birth_date is None


def test_the_same_film_gives_the_same_file_and_its_study_holds_the_others() -> None:
    assert written() == written()
    hand, foot, later = read(), read("foot"), read(study_date=date(2024, 9, 1))
    assert hand.StudyInstanceUID == foot.StudyInstanceUID != later.StudyInstanceUID
    assert hand.SeriesInstanceUID != foot.SeriesInstanceUID
    assert len({film.SOPInstanceUID for film in (hand, foot, later)}) == 3


def test_text_in_the_picture_is_admitted_only_when_asked() -> None:
    assert read().BurnedInAnnotation == "NO"
    assert read(variant=Variant(burned_in=True)).BurnedInAnnotation == "YES"


@pytest.mark.full
@pytest.mark.parametrize("region", ["hand", "foot"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_validator_finds_no_error(region: str, variant: Variant, tmp_path: Path) -> None:
    path = tmp_path / "film.dcm"
    path.write_bytes(written(region, variant))
    tool = shutil.which("dciodvfy")
    assert tool, "dciodvfy is not installed; bin/test --full installs dicom3tools"
    found = subprocess.run([tool, "-new", str(path)], capture_output=True, text=True, check=False)
    assert "Error" not in found.stdout + found.stderr
