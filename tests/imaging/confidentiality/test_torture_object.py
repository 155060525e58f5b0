"""A secret in every place a file has room for one: none is left in a byte of what is made of it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest

from imaging.decoder.operations import perform
from tests.imaging.confidentiality.searching import in_folders, survivors
from tests.imaging.confidentiality.torture import Planted, planted
from tests.imaging.decoding.reading import AnyUid
from tests.studies.films import picture


@pytest.fixture
def torture() -> Planted:
    return planted()


def made_of(torture: Planted, folder: Path, masks: list[list[int]] | None = None) -> dict[str, object]:
    source = folder / "source"
    source.write_bytes(torture.content)
    out = folder / "out"
    out.mkdir()
    job = {"operation": "deidentify", "input": str(source), "output_dir": str(out), "masks": masks}
    answer = perform({**job, "blind_subject": "BR-TEST", "uids": AnyUid()})
    assert "result" in answer, answer
    result: dict[str, object] = answer["result"]
    return result


def test_the_object_holds_what_was_planted(torture: Planted) -> None:
    assert len(torture.secrets) >= 50
    assert len(torture.dates) >= 25
    hidden_in_pixels = survivors(torture.secrets, torture.content)
    assert len(hidden_in_pixels) >= len(torture.secrets) - 1, "all but the one in the spare bits are plain to see"
    assert survivors(torture.dates, torture.content) == set(torture.dates)


def test_no_secret_and_no_date_is_left_in_any_byte(torture: Planted, tmp_path: Path) -> None:
    result = made_of(torture, tmp_path)
    words = torture.secrets + torture.dates
    assert in_folders(words, tmp_path / "out") == {}
    assert survivors(words, repr(result).encode()) == set(), "the report names attributes and never a value"
    blind = pydicom.dcmread(tmp_path / "out" / "blind.dcm")
    assert np.array_equal(blind.pixel_array, picture()), "the picture is exact, the bits above it are nought"


def test_only_allow_listed_attributes_are_there(torture: Planted, tmp_path: Path) -> None:
    made_of(torture, tmp_path)
    blind = pydicom.dcmread(tmp_path / "out" / "blind.dcm")
    assert blind.preamble == b"\x00" * 128
    assert not [tag for tag in blind.keys() if tag.is_private or tag.group in (0x5000, 0x6000, 0xFFFC, 0x0400)]  # noqa: SIM118
    assert blind.file_meta.MediaStorageSOPInstanceUID == blind.SOPInstanceUID
    assert {element.keyword for element in blind.file_meta} == {
        "FileMetaInformationGroupLength",
        "FileMetaInformationVersion",
        "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID",
        "TransferSyntaxUID",
        "ImplementationClassUID",
        "ImplementationVersionName",
    }
    assert (blind.SeriesNumber, blind.InstanceNumber) == (1, 1)
    assert blind.AnatomicRegionSequence[0].CodeMeaning == "Hand"
    assert "AnatomicRegionModifierSequence" not in blind.AnatomicRegionSequence[0]
    assert "ViewCodeSequence" not in blind


def test_the_report_lists_what_was_removed_at_every_depth(torture: Planted, tmp_path: Path) -> None:
    report = made_of(torture, tmp_path)["report"]
    assert isinstance(report, dict)
    removed = report["removed"]
    deep = "ReferencedStudySequence/ReferencedSOPSequence/PatientName"
    for name in (deep, "preamble", "bits above BitsStored", "InstitutionName", "(0009,1001)", "OverlayComments"):
        assert removed.get(name), f"{name} in {sorted(removed)}"
    assert report["replaced"] == ["PatientName", "PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"]
    assert "WindowCenter" in report["kept"]


def test_burned_in_text_is_denied_only_after_a_person_has_looked(torture: Planted, tmp_path: Path) -> None:
    for masks, word, methods in ((None, "YES", 3), ([[4, 6, 10, 12]], "NO", 4)):
        folder = tmp_path / word
        folder.mkdir()
        made_of(torture, folder, masks)
        blind = pydicom.dcmread(folder / "out" / "blind.dcm")
        assert blind.BurnedInAnnotation == word
        assert len(blind.DeidentificationMethodCodeSequence) == methods
        hidden = blind.pixel_array[6:18, 4:14]
        assert (hidden == 2048).all() == (masks is not None)


def test_random_bits_of_the_original_uids_are_not_in_the_new_ones(torture: Planted, tmp_path: Path) -> None:
    original = pydicom.dcmread(io.BytesIO(torture.content))
    made_of(torture, tmp_path)
    blind = pydicom.dcmread(tmp_path / "out" / "blind.dcm")
    for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        assert blind[keyword].value.startswith("2.25.")
        assert blind[keyword].value != original[keyword].value
