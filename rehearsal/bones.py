"""Long bones as millimetres of solid bone in the beam: a tube of cortex, spongiosa at the ends, subchondral plates.

Constants were tuned by visual comparison with real films; docs/algorithms/rehearsal.md describes the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from rehearsal import outlines
from rehearsal.anatomy import LongBone
from rehearsal.erosions import Bite, Collapse, edge_of_bites, edge_of_collapse, erode
from rehearsal.profiles import chord, line, smoothstep
from rehearsal.raster import Field, Frame, Tile
from rehearsal.texture import textures, window


@dataclass(frozen=True)
class Build:
    """The build of a type of bone: flattening front to back, thickest cortex, share of bone in the spongiosa."""

    flattening: float
    cortex: float
    end_cortex: float
    end_spongiosa: float
    shaft_spongiosa: float


HAND_BUILDS = {
    "metacarpal": Build(0.88, 2.0, 0.30, 0.28, 0.05),
    "proximal": Build(0.88, 1.7, 0.30, 0.27, 0.05),
    "middle": Build(0.88, 1.5, 0.30, 0.28, 0.06),
    "distal": Build(0.85, 1.0, 0.28, 0.34, 0.10),
}
FOOT_BUILDS = {
    "metacarpal": Build(0.80, 1.5, 0.30, 0.26, 0.12),
    "proximal": Build(0.80, 1.3, 0.30, 0.26, 0.12),
    "middle": Build(0.80, 0.9, 0.28, 0.26, 0.14),
    "distal": Build(0.80, 0.8, 0.26, 0.30, 0.16),
}


@dataclass(frozen=True)
class Wear:
    """The damage of one bone: bites, lost ends, fused ends, and thinned ends (0 none to 1)."""

    bites: tuple[Bite, ...] = ()
    collapses: tuple[Collapse, ...] = ()
    fused_base: bool = False
    fused_head: bool = False
    thin_base: float = 0.0
    thin_head: float = 0.0


@dataclass(frozen=True)
class Grid:
    """A bone on its frame, with the fields that every later step needs."""

    frame: Frame
    distance: Field
    half: Field
    shaft: Field
    slow: Field


def long_bone(bone: LongBone, build: Build, wear: Wear, *, name: str, condyle: float | None, step: float) -> Tile:
    """Draw a long bone upright; `name` seeds its trabeculae, `condyle` is the offset of a palmar one in head widths."""
    grid = grid_of(bone, name, step)
    thin = thinning(bone, wear, grid.frame)
    fused = fusion(bone, wear, grid.frame)
    solid = tube(bone, build, grid, thin, fused, name)
    solid += plates(bone, grid) * thin * (1 - 0.92 * fused)
    if condyle is not None:
        solid = np.maximum(solid, draw_condyle(bone, build, grid, condyle, name) * thin * (1 - 0.8 * fused))
    solid = worn(solid, grid, wear)
    return Tile(grid.frame, np.maximum(solid, 0).astype(np.float32))


def grid_of(bone: LongBone, name: str, step: float) -> Grid:
    outline = outlines.long_bone(bone)
    reach = [(0.66 * bone.head + 0.5, bone.length)]
    frame = Frame.around([outline, reach], step)
    distance = frame.distance(outline)
    slow = window(textures(step).slow, frame.shape, name, "slow")
    return Grid(frame, distance, half_width(distance, step), shaft_share(frame.s, bone.length), slow)


def half_width(distance: Field, step: float) -> Field:
    """Half the width of each row; domes keep their depth because they use most of the width nearby."""
    half = (distance > 0).sum(axis=1).astype(np.float32) * np.float32(step / 2)
    half = np.maximum(half, 0.92 * ndimage.maximum_filter1d(half, round(9 / step)))
    return np.asarray(ndimage.gaussian_filter1d(half, 1.5 / step), dtype=np.float32)[:, None]


def shaft_share(s: Field, length: float) -> Field:
    """1 in the middle of the shaft, 0 in both ends."""
    up = smoothstep((s / length - 0.10) / 0.32)
    return up * (1 - smoothstep((s / length - 0.62) / 0.28))


def tube(bone: LongBone, build: Build, grid: Grid, thin: Field, fused: Field, name: str) -> Field:
    waist = min(bone.waist / 7.6, 1.3) ** 0.7
    cortex = build.end_cortex + (build.cortex * waist - build.end_cortex) * grid.shaft
    cortex = cortex * (1 + 0.1 * grid.slow) * (0.25 + 0.75 * thin)
    marrow = build.end_spongiosa + (build.shaft_spongiosa - build.end_spongiosa) * grid.shaft
    marrow = marrow * thin
    outer = chord(grid.distance, grid.half, build.flattening)
    inner = chord(grid.distance - cortex, grid.half - cortex, build.flattening)
    full = grid.shaft + (1 - grid.shaft) * (0.5 + 0.5 * smoothstep(grid.distance / np.float32(2.8)))
    wall = 0.8 * (outer - inner) * (1 - 0.92 * fused)
    solid = wall + marrow * inner * full + trabeculae(bone, grid, inner, marrow, name)
    return np.asarray(solid * bevel(bone, grid), dtype=np.float32)


def bevel(bone: LongBone, grid: Grid) -> Field | np.float32:
    """Bases of metacarpals overlap each other; rounding prevents bright lenses where they do."""
    if bone.form != "metacarpal":
        return np.float32(1)
    base = 1 - smoothstep((grid.frame.s - 8) / np.float32(8))
    return np.asarray(1 - 0.55 * base * (1 - smoothstep(grid.distance / np.float32(3.2))))


def trabeculae(bone: LongBone, grid: Grid, inner: Field, marrow: Field, name: str) -> Field:
    fields = textures(grid.frame.step)
    shaft = window(fields.shaft, grid.frame.shape, name, "shaft")
    end = window(fields.end, grid.frame.shape, name, "end")
    s = grid.frame.s
    near_head = 1.7 * smoothstep((s - (bone.length - 13)) / np.float32(9))
    near_base = (1.2 if bone.form == "metacarpal" else 1.7) * (1 - smoothstep((s - 4) / np.float32(9)))
    weight = np.maximum(near_head, near_base)
    depth = np.minimum(inner, 3.5) / np.float32(3.5)
    texture = np.maximum(1 - weight, 0) * shaft + weight * end
    return np.asarray(depth * (0.16 + 1.6 * marrow) * texture, dtype=np.float32)


def plates(bone: LongBone, grid: Grid) -> Field:
    """Subchondral plates: bright lines that follow the outline at the joint surfaces."""
    s, d = grid.frame.s, grid.distance
    across = np.abs(grid.frame.x) / grid.half
    head = 1 - smoothstep((bone.length - s - 0.17 * bone.head) / np.float32(0.3 * bone.head))
    lines = 0.7 * line(d, 0.35, 0.25) * head
    if bone.form == "metacarpal":
        base = 1 - smoothstep((s - 1.0) / np.float32(2))
        return np.asarray(lines + (0.7 + 0.3 * grid.slow) * line(d, 0.45, 0.3) * base)
    base = 1 - smoothstep((s - 1.2) / np.float32(1.8))
    middle = 1 - smoothstep((across - 0.45) / np.float32(0.35))
    rim = np.maximum(0.75 + 0.3 * grid.slow, 0) * line(d, 1.5 + 0.25 * grid.slow, 0.45)
    return np.asarray(lines + ((2.8 * middle + 0.8) * line(d, 0.42, 0.28) + 1.5 * rim * middle) * base)


def draw_condyle(bone: LongBone, build: Build, grid: Grid, offset: float, name: str) -> Field:
    """The palmar condyle, which in the hand protrudes beside the head on the thumb side."""
    wide = bone.head
    x = (grid.frame.x - offset * wide) / (0.50 * wide)
    s = (grid.frame.s - (bone.length - 0.52 * wide)) / (0.60 * wide)
    distance = ((1 - np.hypot(x, s)) * 0.52 * wide).astype(np.float32)
    half = np.full_like(grid.half, 0.52 * wide)
    outer = chord(distance, half, build.flattening)
    inner = chord(distance - 0.4, half - 0.4, build.flattening)
    net = trabeculae(bone, grid, inner, np.full_like(half, build.end_spongiosa), name)
    body = 0.6 * (0.8 * (outer - inner) + build.end_spongiosa * inner)
    return np.asarray(body + 0.5 * net + 0.35 * line(distance, 0.35, 0.3), dtype=np.float32)


def thinning(bone: LongBone, wear: Wear, frame: Frame) -> Field:
    """Juxta-articular osteopenia: less bone in the last centimetre and a half beside an inflamed joint."""
    base = 1 - smoothstep((frame.s - 5) / np.float32(10))
    head = smoothstep((frame.s - (bone.length - 15)) / np.float32(10))
    return (1 - wear.thin_base * base) * (1 - wear.thin_head * head)


def fusion(bone: LongBone, wear: Wear, frame: Frame) -> Field:
    """1 where plates and cortex dissolve into an ankylosis."""
    base = wear.fused_base * (1 - smoothstep((frame.s - 2.0) / np.float32(2.5)))
    head = wear.fused_head * smoothstep((frame.s - (bone.length - 4.5)) / np.float32(2.5))
    return np.maximum(base, head).astype(np.float32)


def worn(solid: Field, grid: Grid, wear: Wear) -> Field:
    if wear.bites:
        solid = erode(solid, grid.distance, edge_of_bites(grid.frame, wear.bites, grid.slow), spared=0.12)
    for collapse in wear.collapses:
        solid = erode(solid, grid.distance, edge_of_collapse(grid.frame, collapse, grid.slow), spared=0.0)
    return solid
