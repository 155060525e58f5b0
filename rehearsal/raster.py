"""Tiles: a bone is drawn upright on its own small grid and placed in the film by one affine.

A film position in millimetres is converted to pixels by dividing by the spacing alone: position 0 is the outer edge of
the first pixel. Nothing is moved after the affine, so positions stay exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from rehearsal.anatomy import Point

Field = NDArray[np.float32]
Affine = NDArray[np.float64]
Outline = Sequence[Point] | NDArray[np.float64]
FINE = 0.1
COARSE = 0.2


@dataclass(frozen=True)
class Frame:
    """The grid of a tile: its first corner in the bone's own millimetres and its size in pixels."""

    left: float
    top: float
    cols: int
    rows: int
    step: float

    @classmethod
    def around(cls, outlines: Iterable[Outline], step: float, margin: float = 1.6) -> Frame:
        spread = np.concatenate([np.asarray(outline) for outline in outlines])
        low, high = spread.min(axis=0) - margin, spread.max(axis=0) + margin
        blocks = np.ceil((high - low) / COARSE).astype(int)
        per_block = round(COARSE / step)
        return cls(float(low[0]), float(low[1]), int(blocks[0]) * per_block, int(blocks[1]) * per_block, step)

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.cols

    @property
    def x(self) -> Field:
        return (self.left + (np.arange(self.cols, dtype=np.float32)[None, :] + 0.5) * self.step).astype(np.float32)

    @property
    def s(self) -> Field:
        return (self.top + (np.arange(self.rows, dtype=np.float32)[:, None] + 0.5) * self.step).astype(np.float32)

    def distance(self, outline: Outline) -> Field:
        """Millimetres to an outline, positive inside; corners a little rounded."""
        factor = round(COARSE / self.step)
        coarse = (self.rows // factor, self.cols // factor)
        sharp = signed_distance(outline, (self.left, self.top), coarse, COARSE)
        return enlarge(ndimage.gaussian_filter(sharp, 0.7), self.shape)

    def fine_size(self) -> tuple[int, int]:
        factor = self.step / FINE
        return round(self.cols * factor), round(self.rows * factor)

    def fine(self, outline: Sequence[Point]) -> list[Point]:
        """An outline in pixels of the fine grid, as Pillow counts them."""
        return [((x - self.left) / FINE - 0.5, (s - self.top) / FINE - 0.5) for x, s in outline]


@dataclass
class Tile:
    """Millimetres of solid bone on a frame."""

    frame: Frame
    bone: Field


def signed_distance(outline: Outline, origin: Point, shape: tuple[int, int], step: float) -> Field:
    """Millimetres to a closed outline on a grid, positive inside.

    Each grid cell that the outline crosses keeps the place and direction of the crossing, so slanting edges have no
    staircase; every other cell has its distance to the nearest crossing.
    """
    path = dense((np.asarray(outline) - origin) / step - 0.5)
    crossed, place, direction = crossings(path, shape)
    nearest = ndimage.distance_transform_edt(~crossed, return_distances=False, return_indices=True)
    index = np.ravel_multi_index(tuple(nearest), shape)
    dy = np.arange(shape[0], dtype=np.float32)[:, None] - place[1].ravel()[index]
    dx = np.arange(shape[1], dtype=np.float32)[None, :] - place[0].ravel()[index]
    ux, uy = direction[0].ravel()[index], direction[1].ravel()[index]
    across = dx * uy - dy * ux
    beside = np.maximum(np.abs(dx * ux + dy * uy) - np.float32(0.7), 0)
    inside = np.asarray(filled(path, shape)) > 0
    sign = np.where(np.abs(across) + beside < 1.8, np.sign(across) * turning(path), np.where(inside, 1, -1))
    return np.asarray(sign * np.hypot(across, beside) * step, dtype=np.float32)


def dense(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """The closed path with a point at least every fifth of a cell."""
    closed = np.vstack([path, path[:1]])
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    along = np.linspace(0, length[-1], int(length[-1] * 5) + 2)[:-1]
    return np.column_stack([np.interp(along, length, closed[:, axis]) for axis in (0, 1)])


def crossings(path: NDArray[np.float64], shape: tuple[int, int]) -> tuple[NDArray[np.bool_], Field, Field]:
    """The cells that a path crosses, and the mean place and direction of its points in each."""
    cell = np.round(path).astype(int)
    on = ((cell >= 0) & (cell < shape[::-1])).all(axis=1)
    flat = cell[on, 1] * shape[1] + cell[on, 0]
    size = shape[0] * shape[1]
    count = np.bincount(flat, minlength=size)
    ahead = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    sums = [np.bincount(flat, weights=values, minlength=size) for values in (*path[on].T, *ahead[on].T)]
    x, y, ux, uy = (values / np.maximum(count, 1) for values in sums)
    length = np.maximum(np.hypot(ux, uy), 1e-6)
    place = np.stack([x, y]).astype(np.float32).reshape(2, *shape)
    direction = np.stack([ux / length, uy / length]).astype(np.float32).reshape(2, *shape)
    return (count > 0).reshape(shape), place, direction


def turning(path: NDArray[np.float64]) -> float:
    """+1 if the inside of the path is where `across` is positive."""
    x, y = path.T
    area = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    return -1.0 if area > 0 else 1.0


def filled(path: NDArray[np.float64], shape: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", (shape[1], shape[0]), 0)
    ImageDraw.Draw(mask).polygon(path[::5].ravel().tolist(), fill=255)
    return mask


def enlarge(field: Field, shape: tuple[int, int]) -> Field:
    if field.shape == shape:
        return field
    image = Image.fromarray(field).resize((shape[1], shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float32)


def stroke(frame: Frame, line: Sequence[Point], *, width: float, blur: float) -> Field:
    """A soft line of height 1 along a path."""
    mask = Image.new("L", frame.fine_size(), 0)
    ImageDraw.Draw(mask).line(frame.fine(line), fill=255, width=max(1, round(width / FINE)), joint="curve")
    soft = ndimage.gaussian_filter(np.asarray(mask.reduce(2), dtype=np.float32), blur / COARSE)
    return enlarge(soft / max(float(soft.max()), 1.0), frame.shape)


def add_tile(film: Field, tile: Tile, to_film: Affine, spacing: float, *, shared: float = 0.0) -> None:
    """Adds a tile to the film sum through an affine from the tile's millimetres to the film's.

    Neighbours that overlap in projection are at the same depth, side by side: `shared` is the part of the tile that
    is not added where there is already bone.
    """
    frame = tile.frame
    right, bottom = frame.left + frame.cols * frame.step, frame.top + frame.rows * frame.step
    corners = np.array([[x, s, 1] for x in (frame.left, right) for s in (frame.top, bottom)])
    reach = corners @ to_film.T / spacing
    low = np.maximum(np.floor(reach.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(reach.max(axis=0)).astype(int), film.shape[::-1])
    if (high <= low).any():
        return
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    patch = Image.fromarray(tile.bone).transform(
        size, Image.Transform.AFFINE, film_to_tile(to_film, frame, low, spacing), Image.Resampling.BICUBIC
    )
    window = film[low[1] : high[1], low[0] : high[0]]
    added = np.maximum(np.asarray(patch), 0)
    if shared:
        added *= 1 - np.float32(shared) * np.minimum(window / np.float32(3), 1)
    window += added


def film_to_tile(to_film: Affine, frame: Frame, low: NDArray[np.int_], spacing: float) -> tuple[float, ...]:
    """The six numbers that Pillow needs: from patch pixels to tile pixels."""
    pixels = np.diag([frame.step, frame.step, 1.0])
    pixels[:2, 2] = frame.left, frame.top
    forward = np.vstack([to_film, [0, 0, 1]]) @ pixels
    patch = np.diag([spacing, spacing, 1.0])
    patch[:2, 2] = low * spacing
    back = np.linalg.inv(forward) @ patch
    return tuple(float(value) for value in back[:2].ravel())
