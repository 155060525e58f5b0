"""Bands of packed levels: every picture comes back exactly, and a damaged band is refused."""

from __future__ import annotations

import hashlib
import hmac

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from config.errors import BadInput
from imaging.bitpacking import band_digest, band_edges, decode, encode, shown_digest
from imaging.levels import Levels

pictures = hnp.arrays(np.uint16, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40))
soft_pictures = hnp.arrays(np.uint16, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 9))


@given(picture=pictures | soft_pictures, bands=st.integers(1, 6))
def test_any_picture_comes_back_exactly(picture: Levels, bands: int) -> None:
    assert (decode(encode(picture, bands), *picture.shape) == picture).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (3, 16), (2, 17), (4, 15), (61, 333)])
@pytest.mark.parametrize("kind", ["zeros", "top", "extremes", "ramp", "noise14", "noise16"])
def test_edge_pictures_come_back_exactly(shape: tuple[int, int], kind: str) -> None:
    random = np.random.default_rng(7)
    picture = {
        "zeros": np.zeros(shape),
        "top": np.full(shape, 65535),
        "extremes": random.integers(0, 2, shape) * 65535,
        "ramp": np.arange(shape[0] * shape[1]).reshape(shape) % 65536,
        "noise14": random.integers(0, 1 << 14, shape),
        "noise16": random.integers(0, 1 << 16, shape),
    }[kind].astype(np.uint16)
    assert (decode(encode(picture, 4), *shape) == picture).all()


def test_each_band_stands_alone() -> None:
    picture = np.random.default_rng(1).integers(0, 4096, (50, 33)).astype(np.uint16)
    bands, edges = encode(picture, 4), band_edges(50, 4)
    assert edges == [0, 12, 25, 37, 50]
    assert (decode([bands[2]], 12, 33) == picture[25:37]).all()


@given(picture=pictures, cut=st.integers(1, 4))
def test_a_truncated_band_is_refused(picture: Levels, cut: int) -> None:
    band = encode(picture, 1)[0]
    with pytest.raises(BadInput):
        decode([band[:-cut]], *picture.shape)


@given(picture=pictures, extra=st.binary(min_size=1, max_size=4))
def test_a_band_with_words_left_over_is_refused(picture: Levels, extra: bytes) -> None:
    band = encode(picture, 1)[0]
    with pytest.raises(BadInput):
        decode([band + extra], *picture.shape)


def test_a_width_past_the_last_block_is_refused() -> None:
    band = bytearray(encode(np.zeros((1, 16), dtype=np.uint16), 1)[0])
    band[1] = 1
    with pytest.raises(BadInput):
        decode([bytes(band)], 1, 16)


def test_more_bands_than_rows_are_refused() -> None:
    picture = np.zeros((2, 5), dtype=np.uint16)
    assert len(encode(picture, 4)) == 2
    with pytest.raises(BadInput):
        decode(encode(picture, 1) * 3, 2, 5)


@pytest.mark.parametrize("picture", [np.zeros((0, 4), np.uint16), np.zeros((4, 4), np.int16), np.zeros(4, np.uint16)])
def test_only_a_picture_of_unsigned_16_bit_levels_is_packed(picture: Levels) -> None:
    with pytest.raises(BadInput):
        encode(picture, 4)


def test_equal_films_shown_twice_have_different_digests() -> None:
    own = band_digest(b"band")
    assert shown_digest("first", own) == hmac.new(b"first", own.encode(), hashlib.sha256).hexdigest()
    assert shown_digest("first", own) != shown_digest("second", own)
