"""dciodvfy of Debian's dicom3tools: it finds no error in a blind object that was not in the original."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from imaging.decoder.operations import perform
from tests.imaging.decoding.reading import AnyUid
from tests.studies.films import CR, DX, SECONDARY_CAPTURE, dx, file_of, picture

pytestmark = pytest.mark.full

ORIGINALS: dict[str, Dataset] = {
    "DX": dx(SOPClassUID=DX),
    "DX without words": dx(
        BodyPartExamined=None, ViewPosition=None, ImageLaterality=None, WindowCenter=None, WindowWidth=None
    ),
    "DX of the other polarity": dx(PhotometricInterpretation="MONOCHROME1"),
    "DX, signed": dx((picture().astype("i4") - 2048).astype("i2"), RescaleSlope=1, RescaleIntercept=0),
    "CR": dx(SOPClassUID=CR, Modality="CR", ImageLaterality=None, Laterality="R"),
    "CR of 8 bits": dx(picture(97, 73, 8), bits=8, SOPClassUID=CR, Modality="CR", ImageLaterality=None),
    "Secondary Capture": dx(SOPClassUID=SECONDARY_CAPTURE, Modality="OT", ConversionType="WSD", ImageLaterality=None),
}


def errors(path: Path) -> set[str]:
    """Errors by attribute and module, without the values."""
    tool = shutil.which("dciodvfy")
    assert tool, "dciodvfy is not installed; bin/test installs dicom3tools"
    said = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
    lines = (said.stdout + said.stderr).splitlines()
    return {re.sub(r"<(?!\w+>)[^>]*>|value = \S+", "", line) for line in lines if line.startswith("Error")}


@pytest.mark.parametrize("name", ORIGINALS)
@pytest.mark.parametrize("masks", [None, [[2, 2, 20, 20]]], ids=["not looked at", "masked"])
def test_a_blind_object_has_no_error_that_was_not_there_before(
    name: str, masks: list[list[int]] | None, tmp_path: Path
) -> None:
    original = tmp_path / "original.dcm"
    original.write_bytes(file_of(ORIGINALS[name]))
    job = {"operation": "deidentify", "input": str(original), "output_dir": str(tmp_path), "masks": masks}
    assert "result" in perform({**job, "blind_subject": "BR-TEST", "uids": AnyUid()})
    assert errors(tmp_path / "blind.dcm") - errors(original) == set()
