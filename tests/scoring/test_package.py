"""A package is packed in pieces: its largest files are far larger than the memory of the worker that builds it."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

from scoring.datasets.package import zip_folder

LARGE, PIECE = 64 << 20, 8 << 20


def test_a_large_file_is_packed_without_being_held_and_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    (folder / "cdisc").mkdir(parents=True)
    (folder / "README.md").write_text("what it is")
    with (folder / "cdisc/mk.xpt").open("wb") as file:
        file.truncate(LARGE)
    tracemalloc.start()
    zip_folder(folder, tmp_path / "one.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < PIECE
    zip_folder(folder, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.testzip() is None
        assert [(one.filename, one.file_size) for one in archive.infolist()] == [
            ("package/README.md", 10),
            ("package/cdisc/mk.xpt", LARGE),
        ]
