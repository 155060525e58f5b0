"""The verifier of a dataset accepts files that stand in the package itself, and nothing that leads elsewhere."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from scoring.datasets.verifier import MANIFEST, verify

CONTENT = b"SUBJID,TOTAL\n101,4\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with one file in a folder."""
    folder = tmp_path / "package"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables/scores.csv").write_bytes(CONTENT)
    describe(folder, "tables/scores.csv")
    return folder


def describe(folder: Path, *names: str) -> None:
    """A manifest that names these files with the content above."""
    entry = {"size": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps({"files": dict.fromkeys(names, entry)}))


def test_a_package_of_files_is_intact(package: Path) -> None:
    assert verify(package) == []


@pytest.mark.parametrize("name", ["tables/scores.csv", "tables", MANIFEST])
def test_a_link_in_place_of_a_file_or_a_folder_is_refused(package: Path, name: str) -> None:
    elsewhere = package.parent / "elsewhere"
    (package / name).rename(elsewhere)
    (package / name).symlink_to(elsewhere)
    assert verify(package) == [f"{package / name} is a link. A package has none: unpack it again."]


def test_a_link_that_the_manifest_does_not_name_is_refused(package: Path) -> None:
    (package / "more").symlink_to("/etc/passwd")
    assert verify(package) == [f"{package / 'more'} is a link. A package has none: unpack it again."]


def test_a_link_to_a_whole_package_is_refused(package: Path) -> None:
    link = package.parent / "link"
    link.symlink_to(package)
    assert verify(link) == [f"{link} is a link. A package has none: unpack it again."]


@pytest.mark.parametrize("name", ["../outside.csv", "tables/../../outside.csv"])
def test_a_manifest_that_names_a_file_outside_the_package_is_refused(package: Path, name: str) -> None:
    (package.parent / "outside.csv").write_bytes(CONTENT)
    describe(package, "tables/scores.csv", name)
    assert verify(package) == [f"{name} is missing."]


def test_what_is_neither_file_nor_folder_does_not_belong_to_a_package(package: Path) -> None:
    os.mkfifo(package / "pipe")
    assert verify(package) == ["pipe does not belong to the package."]
