"""Bytes changed at random: whatever they are, the answer is a film or a reason, and never a crash."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imaging.decoder.operations import perform
from imaging.decoding.unreadable import REASONS
from tests.imaging.decoding.reading import BLIND
from tests.studies.films import (
    JPEG_2000_LOSSLESS,
    JPEG_LOSSLESS,
    JPEG_LS,
    RLE,
    compressed,
    dx,
    file_of,
    picture,
    plain,
)

SOURCES = [
    file_of(dx()),
    file_of(dx(), implicit=True, meta=False),
    *(compressed(picture(), syntax) for syntax in (RLE, JPEG_LS, JPEG_LOSSLESS, JPEG_2000_LOSSLESS)),
    *(plain(form) for form in ("JPEG", "PNG", "TIFF")),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    source=st.sampled_from(SOURCES),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    cut=st.floats(0.2, 1),
    early=st.booleans(),
)
def test_random_damage_is_answered(source: bytes, changes: list[tuple[float, int]], cut: float, early: bool) -> None:
    content = bytearray(source[: int(len(source) * cut)])
    # Headers come first: half of the examples change only those.
    reach = min(len(content), 1200) if early else len(content)
    for place, value in changes:
        content[min(int(place * reach), len(content) - 1)] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        path.write_bytes(content)
        (Path(folder) / "out").mkdir()
        job = {"operation": "deidentify", "input": str(path), "output_dir": f"{folder}/out", **BLIND}
        answer = perform(job)
    if "unreadable" in answer:
        code, text = answer["unreadable"]
        assert code in REASONS
        assert text
    else:
        assert answer["result"]["picture"]["rows"] >= 64
