"""The stored size of a film's files depends on its matrix alone, however well its picture can be packed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imaging.decoding.picture import write_picture
from imaging.levels import Levels, StoredPixels, normalise
from studies.arrival.sealed_files import keep_picture_padded


def stored_sizes(levels: Levels, folder: Path, stores: Path) -> dict[str, int]:
    """The files of the picture as they are in the store."""
    picture = write_picture(folder, normalise(StoredPixels(levels, "MONOCHROME2", 16)), [])
    keep_picture_padded(folder, f"desk/{folder.name}", picture)
    kept = stores / "reading" / "desk" / folder.name
    return {str(path.relative_to(kept)): path.stat().st_size for path in kept.rglob("*") if path.is_file()}


@pytest.mark.parametrize("size", [(96, 72), (2040, 2056), (1023, 1030)], ids=str)
def test_a_picture_of_one_grey_and_one_of_noise_have_files_of_one_size(
    size: tuple[int, int], stores: Path, tmp_path: Path
) -> None:
    grey = np.full(size, 700, dtype=np.uint16)
    noise = np.random.default_rng(1).integers(0, 65536, size, dtype=np.uint16)
    sizes = [stored_sizes(levels, tmp_path / name, stores) for name, levels in (("grey", grey), ("noise", noise))]
    assert len(sizes[0]) == 7
    assert sizes[0] == sizes[1]
