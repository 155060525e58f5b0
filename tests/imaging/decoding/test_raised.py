"""The fast search for raised pixels finds exactly what a plain search over the whole picture finds."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from imaging.decoding.raised import BLOCK, GROUND, POOL, SPREADS, Background, Raised, limits_of, shapes_of

SIZES = [(64, 64), (130, 257), (67, 300), (191, 66), (5, 9)]
Grey = NDArray[np.uint16]


def film(size: tuple[int, int], bright: bool) -> Grey:
    """Noise with empty parts, and square marks of several sizes that touch or do not."""
    rng = np.random.default_rng(7)
    values = rng.normal(600, 20, size)
    values[: size[0] // 3] = 500
    marks = np.kron(rng.random((size[0] // 9 + 1, size[1] // 9 + 1)) < 0.2, np.ones((9, 9)))
    values += 900 * marks[: size[0], : size[1]] * (1 if bright else -0.5)
    return np.clip(values, 0, 4095).astype(np.uint16)


def plainly_raised(values: Grey, least: float) -> NDArray[np.bool_]:
    """The same for bright marks, from the definitions: no block is left out, and nothing is computed on parts."""
    rows, columns = values.shape
    wide = np.pad(values, ((0, -rows % POOL), (0, -columns % POOL)), mode="edge")
    pooled = wide.reshape(wide.shape[0] // POOL, POOL, -1, POOL).min(axis=(1, 3))
    ground = ndimage.maximum_filter(ndimage.minimum_filter(pooled, GROUND), GROUND)
    height = values - ground.repeat(POOL, axis=0).repeat(POOL, axis=1)[:rows, :columns]
    sample = np.pad(height, ((0, -rows % BLOCK), (0, -columns % BLOCK)), mode="edge")[::2, ::2]
    half = BLOCK // 2
    blocks = sample.reshape(sample.shape[0] // half, half, -1, half).transpose(0, 2, 1, 3)
    low, middle = np.percentile(blocks.reshape(*blocks.shape[:2], -1), (10, 50), axis=2).astype(np.float32)
    steps = np.maximum(middle + SPREADS * (middle - low), np.float32(least))
    found: NDArray[np.bool_] = height > steps.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)[:rows, :columns]
    return found


@pytest.mark.parametrize("bright", [True, False], ids=["bright", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_raised_pixels_are_those_of_the_definition(size: tuple[int, int], bright: bool) -> None:
    values = film(size, bright)
    raised = Background.of(values, bright=bright).raised(4.5)
    expected = plainly_raised(values if bright else values.max() - values, 4.5)
    assert expected.any() or size in (SIZES[0], SIZES[-1])
    assert np.array_equal(raised.pixels if raised else np.zeros(size), expected)


def test_the_limit_of_a_block_is_that_of_its_percentiles() -> None:
    rng = np.random.default_rng(3)
    scales = rng.integers(1, 12_000, (500, 1))
    samples = np.minimum(rng.exponential(scales, (500, (BLOCK // 2) ** 2)), 65535).astype(np.uint16)
    low, middle = np.percentile(samples, (10, 50), axis=1).astype(np.float32)
    limits = np.floor(np.maximum(middle + SPREADS * (middle - low), np.float32(4.5))).clip(max=65535)
    assert limits_of(samples, 4.5).tolist() == limits.tolist()


def test_shapes_found_in_parts_of_the_picture_are_those_of_the_whole_picture() -> None:
    rng = np.random.default_rng(11)
    pixels = np.kron(rng.random((150, 150)) < 0.1, np.ones((5, 4))).astype(bool) & (rng.random((750, 600)) < 0.8)
    pixels[200:420, 100:500] = pixels[600:, :300] = False
    wide = np.pad(pixels, ((0, -750 % BLOCK), (0, -600 % BLOCK)))
    blocks: NDArray[np.bool_] = wide.reshape(12, BLOCK, 10, BLOCK).max(axis=(1, 3))
    found = {(shape.area, str(shape.box), shape.mask.tobytes()) for shape in shapes_of(Raised(pixels, blocks), 14)}
    labels, _ = ndimage.label(pixels, np.ones((3, 3)))
    boxes = [(number, box) for number, box in enumerate(ndimage.find_objects(labels), 1)]
    masks = [(box, labels[box] == number) for number, box in boxes]
    assert not blocks.all()
    assert found == {(int(mask.sum()), str(box), mask.tobytes()) for box, mask in masks if mask.sum() >= 14}
