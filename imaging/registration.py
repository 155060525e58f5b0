"""Transfers places from one film of a hand or foot to another film of it with a different pose and exposure.

The films are aligned by rotation, shift and scale; then small windows around the places and around a grid are
matched at increasingly fine pixels; after each step every place follows the motion of those around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from scipy.fft import irfft2, next_fast_len, rfft2

from imaging.levels import Levels
from imaging.reliefs import Grey, relief_of, window_sums

Places = NDArray[np.float64]
# Films without a pixel spacing are assumed to be this high, in millimetres; films outside these sides are not searched.
HEIGHT_MM, SMALLEST_MM, LARGEST_MM = 250.0, 40.0, 600.0
# The first search: pixel and radius of the relief in millimetres, degrees, sizes, and the farthest shift.
COARSE, SURROUNDINGS, FARTHEST = 1.6, 8.0, 40.0
TURNS = tuple(np.deg2rad(np.arange(-12, 13, 3)))
SIZES = (0.92, 0.96, 1.0, 1.04, 1.08)
# The spacing of the grid, larger if it would exceed this number of points, and how much of the contrast of the whole
# film is required around each of its points.
GRID, GRID_POINTS, STRUCTURED = 10.0, 600, 0.5
# A place is found where its window correlates at least this well; the film is the same hand or foot if half of them do.
FOUND, HALF = 0.45, 0.5
# The penalty of a place at the edge of its search compared with one at its centre.
BEHIND = 0.2


@dataclass(frozen=True)
class SearchStep:
    """One search, all in millimetres: pixel, half a window, farthest shift, radius of the relief, reach of a motion."""

    pixel: float
    window: float
    search: float
    relief: float
    reach: float


# The last two search only for the given places.
STEPS = (
    SearchStep(pixel=1.6, window=24, search=10, relief=8, reach=40),
    SearchStep(pixel=1.2, window=18, search=7, relief=6, reach=26),
    SearchStep(pixel=0.8, window=13, search=4, relief=4, reach=16),
    SearchStep(pixel=0.8, window=11, search=3, relief=4, reach=12),
    SearchStep(pixel=0.4, window=8, search=2, relief=3, reach=9),
)
WITH_GRID = 3


@dataclass(frozen=True)
class Picture:
    """Grey values in which bone is bright, and the size of a pixel in millimetres if it is known."""

    levels: Levels
    spacing_mm: float | None


@dataclass(frozen=True)
class FoundPlace:
    """A place in pixels (x, y) from the outer corner of the first, and the correlation of its window, -1 to 1."""

    place: tuple[float, float]
    correlation: float


def carried(source: Picture, target: Picture, places: Mapping[str, Sequence[float]]) -> dict[str, FoundPlace]:
    """The places of `source` in `target`, without those that were not found; empty for another hand or foot, and for
    films with impossible sides.
    """
    own, other = spacings(source, target)
    sides = [size * spacing for one, spacing in ((source, own), (target, other)) for size in one.levels.shape]
    if not places or min(sides) < SMALLEST_MM or max(sides) > LARGEST_MM:
        return {}
    given = np.array(list(places.values()), np.float64) * own
    moved, correlations = carry_places(ScaledFilm(source.levels, own), ScaledFilm(target.levels, other), given)
    found = {
        name: FoundPlace((float(x), float(y)), float(score))
        for name, (x, y), score in zip(places, moved / other, correlations, strict=True)
        if score >= FOUND and 0 <= x < target.levels.shape[1] and 0 <= y < target.levels.shape[0]
    }
    return found if len(found) >= HALF * len(places) else {}


def spacings(source: Picture, target: Picture) -> tuple[float, float]:
    """Both pixel sizes as given, or neither: an assumed size cannot be compared with a measured one."""
    if source.spacing_mm and target.spacing_mm:
        return source.spacing_mm, target.spacing_mm
    return HEIGHT_MM / source.levels.shape[0], HEIGHT_MM / target.levels.shape[0]


class ScaledFilm:
    """A film at any pixel size."""

    def __init__(self, levels: Levels, spacing: float) -> None:
        self.grey = levels.astype(np.float32)
        self.spacing = spacing

    def relief(self, pixel: float, radius: float) -> Grey:
        """Brightness relative to the surroundings, in units of the local contrast."""
        return relief_of(self.at(pixel), round(radius / pixel))

    def at(self, pixel: float) -> Grey:
        rows, columns = (max(8, round(size * self.spacing / pixel)) for size in self.grey.shape)
        return np.asarray(Image.fromarray(self.grey).resize((columns, rows), Image.Resampling.BOX), np.float32)


def carry_places(source: ScaledFilm, target: ScaledFilm, given: Places) -> tuple[Places, NDArray[np.float64]]:
    """The places in `target`, both in millimetres, and their correlations."""
    points = np.vstack([given, grid(source)])
    first = start(source.relief(COARSE, SURROUNDINGS), target.relief(COARSE, SURROUNDINGS))
    turns = np.repeat(first[None, :, :2], len(points), 0)
    moved = points @ first[:, :2].T + first[:, 2] * COARSE
    found, scores = moved.copy(), np.zeros(len(points))
    for number, step in enumerate(STEPS):
        some = slice(None) if number < WITH_GRID else slice(len(given))
        found[some], scores[some] = searched(source, target, points[some], moved[some], turns[some], step)
        moved, turns = smoothed(points, found, scores, step)
    sure = np.clip((scores - 0.3) / 0.4, 0, 1) * (np.linalg.norm(found - moved, axis=1) < STEPS[-1].search)
    last = sure[:, None] * found + (1 - sure[:, None]) * moved
    return last[: len(given)], scores[: len(given)]


def grid(source: ScaledFilm) -> Places:
    """Points a fixed distance apart, in millimetres, wherever the film has structure."""
    grey = source.at(COARSE)
    mean = ndimage.uniform_filter(grey, 9)
    contrast = np.sqrt(np.maximum(ndimage.uniform_filter(grey * grey, 9) - mean * mean, 0))
    apart = max(GRID / COARSE, (grey.size / GRID_POINTS) ** 0.5)
    rows, columns = (np.arange(apart, size - apart, apart) for size in grey.shape)
    y, x = (axis.ravel() for axis in np.meshgrid(rows, columns, indexing="ij"))
    strong = contrast[y.astype(int), x.astype(int)] > STRUCTURED * contrast.mean()
    return np.asarray(np.column_stack([x, y])[strong] * COARSE, np.float64)


def start(source: Grey, target: Grey) -> Places:
    """The turn, size and shift under which the films correlate best, as a 2 x 3 matrix in pixels."""
    shape = [next_fast_len(own + other, real=True) for own, other in zip(source.shape, target.shape, strict=True)]
    spectrum, reach = rfft2(target, shape), round(FARTHEST / COARSE)
    apart = [(other - own) // 2 for own, other in zip(source.shape, target.shape, strict=True)]
    best, found = -np.inf, np.zeros((2, 3))
    for linear in trial_transforms():
        middle = np.array([source.shape[1], source.shape[0]]) / 2
        back = np.linalg.inv(linear)[::-1, ::-1]
        turned = ndimage.affine_transform(source, back, middle[::-1] - back @ middle[::-1], order=1)
        products = irfft2(spectrum * np.conj(rfft2(turned, shape)), shape)
        near = np.roll(products, [reach - one for one in apart], (0, 1))[: 2 * reach + 1, : 2 * reach + 1]
        row, column = np.unravel_index(near.argmax(), near.shape)
        if (score := near[row, column] / np.linalg.norm(turned)) > best:
            shift = np.array([column - reach + apart[1], row - reach + apart[0]])
            best, found = score, np.column_stack([linear, middle - linear @ middle + shift])
    return found


def trial_transforms() -> Iterator[Places]:
    for turn in TURNS:
        for size in SIZES:
            yield size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])


def searched(
    source: ScaledFilm, target: ScaledFilm, points: Places, near: Places, turns: Places, step: SearchStep
) -> tuple[Places, NDArray[np.float64]]:
    """Where the window around each point correlates best near its expected place, and the correlation there."""
    half, reach = round(step.window / step.pixel), round(step.search / step.pixel)
    own = windows(
        source.relief(step.pixel, step.relief), points / step.pixel, half, np.asarray(np.linalg.inv(turns), np.float64)
    )
    straight = np.repeat(np.eye(2)[None], len(points), 0)
    other = windows(target.relief(step.pixel, step.relief), near / step.pixel, half + reach, straight)
    scores = correlate_at_shifts(own, other)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    shifts, best = peaks(scores, scores - BEHIND * (x * x + y * y) / reach**2)
    return near + shifts * step.pixel, best


def windows(grey: Grey, centres: Places, half: int, turns: Places) -> Grey:
    """A square of 2 `half` + 1 pixels around each centre, sampled under its turn; black outside the film."""
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    offsets = np.einsum("nij,jrc->nirc", turns, np.stack([x, y]).astype(np.float64))
    across, down = (offsets + centres[:, :, None, None] - 0.5).transpose(1, 0, 2, 3)
    return np.asarray(ndimage.map_coordinates(grey, [down, across], order=1), np.float32)


def correlate_at_shifts(templates: Grey, areas: Grey) -> NDArray[np.float64]:
    """The normalised correlation of each template with its larger area, at every shift."""
    centred = templates - templates.mean((1, 2), keepdims=True)
    side, size = areas.shape[1], templates.shape[1]
    products = irfft2(rfft2(areas) * np.conj(rfft2(centred, (side, side))), (side, side))
    products = products[:, : side - size + 1, : side - size + 1]
    sums, squares = window_sums(areas, size, size), window_sums(areas * areas, size, size)
    energy = squares - sums * sums / (size * size)
    least = 0.01 * energy.max((1, 2), keepdims=True) + 1e-12
    norms = np.linalg.norm(centred, axis=(1, 2))[:, None, None] + 1e-12
    return np.asarray(products / np.sqrt(np.maximum(energy, least)) / norms, np.float64)


def peaks(scores: NDArray[np.float64], ranked: NDArray[np.float64]) -> tuple[Places, NDArray[np.float64]]:
    """The shift (x, y) from the centre to the highest rank, to a fraction of a pixel, and the score there."""
    count, side = ranked.shape[:2]
    every = np.arange(count)
    row, column = np.unravel_index(ranked.reshape(count, -1).argmax(1), (side, side))
    r, c = row.clip(1, side - 2), column.clip(1, side - 2)
    down = vertex(ranked[every, r - 1, c], ranked[every, r, c], ranked[every, r + 1, c])
    across = vertex(ranked[every, r, c - 1], ranked[every, r, c], ranked[every, r, c + 1])
    return np.column_stack([c + across, r + down]) - side // 2, scores[every, row, column]


def vertex(before: Places, at: Places, after: Places) -> Places:
    """The peak of the parabola through three values one apart, from the middle one; at most one away."""
    bend = before - 2 * at + after
    return np.asarray(np.where(bend < 0, 0.5 * (before - after) / np.minimum(bend, -1e-9), 0).clip(-1, 1))


def smoothed(points: Places, found: Places, scores: Places, step: SearchStep) -> tuple[Places, Places]:
    """Each place and its rotation under the affine motion of those around it; outliers count less."""
    apart = points[None, :] - points[:, None]
    near = np.exp(-0.5 * (apart**2).sum(2) / step.reach**2)
    design = np.concatenate([apart, np.ones((*apart.shape[:2], 1))], 2)
    trusted = np.maximum(scores, 0.01) ** 2
    weights = trusted
    for _ in range(3):
        weighed = design * (near * weights[None] + 1e-9)[:, :, None]
        hold = 0.05 * step.reach**2 * (near * weights[None]).sum(1)[:, None, None] * np.diag([1.0, 1.0, 0.0])
        normal = np.einsum("nka,nkb->nab", weighed, design) + hold
        right = np.einsum("nka,kb->nab", weighed, found) + hold @ np.eye(3, 2)
        motion = np.linalg.solve(normal, right)
        away = np.linalg.norm(found - motion[:, 2], axis=1)
        weights = trusted / (1 + (away / (0.25 * step.search + 0.5)) ** 2) ** 2
    return motion[:, 2], motion[:, :2].transpose(0, 2, 1)
