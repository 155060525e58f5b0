"""Carpals, tarsals, sesamoids and the ends of the forearm as millimetres of solid bone in the beam.

They are drawn in film millimetres at rest. Crests are the contours of a bone's other surface: without them, a carpal
looks flat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rehearsal import outlines
from rehearsal.anatomy import Point, ShortBone
from rehearsal.erosions import Bite, edge_of_bites, erode
from rehearsal.profiles import chord, line, smoothstep
from rehearsal.raster import Field, Frame, Tile, stroke
from rehearsal.texture import textures, window


@dataclass(frozen=True)
class ShortWear:
    """Bites, joint lines across which the bone has fused, and thinning (0 none to 1)."""

    bites: tuple[Bite, ...] = ()
    fusions: tuple[tuple[Point, ...], ...] = ()
    thin: float = 0.0


def short_bone(bone: ShortBone, wear: ShortWear, *, name: str, step: float) -> Tile:
    outline = outlines.smooth(bone.outline)
    frame = Frame.around([outline], step)
    distance = frame.distance(outline)
    slow = window(textures(step).slow, frame.shape, name, "slow")
    thin = np.float32(1 - 0.75 * wear.thin)
    fused = fused_share(frame, wear)
    inner, wall = shell(bone, distance, frame)
    solid = 0.8 * wall * (1 - 0.9 * fused) + bone.spongiosa * (1 - wear.thin) * inner * full(bone, distance)
    solid += trabeculae(bone, frame, inner, name) * (1 - wear.thin)
    solid += (rims(bone, frame, distance, slow) + crests(bone, frame, distance, slow)) * thin * (1 - 0.9 * fused)
    if wear.bites:
        solid = erode(solid, distance, edge_of_bites(frame, wear.bites, slow), spared=0.12)
    return Tile(frame, np.maximum(solid, 0).astype(np.float32))


def shell(bone: ShortBone, distance: Field, frame: Frame) -> tuple[Field, Field]:
    """The depth of spongiosa and of cortex; a forearm bone gains a thick cortex towards its shaft."""
    half = np.float32(bone.depth)
    cortex: Field = np.full(frame.shape, 0.30, dtype=np.float32)
    if bone.shaft_from is not None:
        cortex = cortex + 1.9 * smoothstep((frame.s - bone.shaft_from) / np.float32(28))
    inner = chord(distance - cortex, half - cortex, bone.flattening)
    return inner, chord(distance, half, bone.flattening) - inner


def full(bone: ShortBone, distance: Field) -> Field:
    edge, width = bone.bevel
    return edge + (1 - edge) * smoothstep(distance / np.float32(width))


def trabeculae(bone: ShortBone, frame: Frame, inner: Field, name: str) -> Field:
    fields = textures(frame.step)
    if bone.shaft_from is None:
        texture = window(fields.web, frame.shape, name, "web")
    else:
        end = window(fields.end, frame.shape, name, "end")
        into = smoothstep((frame.s - bone.shaft_from + 10) / np.float32(16))
        texture = end + into * (0.8 * window(fields.shaft, frame.shape, name, "shaft") - end)
    depth = np.minimum(inner, 3.5) / np.float32(3.5)
    return np.asarray(depth * (0.16 + 1.6 * max(bone.spongiosa, 0.34)) * np.float32(0.8) * texture)


def rims(bone: ShortBone, frame: Frame, distance: Field, slow: Field) -> Field:
    """The outline, brighter where the surface is parallel to the beam."""
    if bone.shaft_from is not None:
        end = 1 - smoothstep((frame.s - bone.shaft_from) / np.float32(6))
        return np.asarray((1.3 + 0.4 * slow) * line(distance, 0.4, 0.3) * end)
    rim = bone.rim * np.maximum(0.8 + 0.9 * slow, 0) * line(distance, 0.36, 0.26)
    arcs = np.maximum(0.8 * slow, 0) * line(distance, 1.9, 0.45) + np.maximum(-0.6 * slow, 0) * line(distance, 3.1, 0.5)
    return np.asarray(rim + bone.rim * arcs)


def crests(bone: ShortBone, frame: Frame, distance: Field, slow: Field) -> Field:
    lines = np.zeros(frame.shape, dtype=np.float32)
    for crest in bone.crests:
        lines = np.maximum(lines, stroke(frame, crest.line, width=0.3, blur=crest.blur) * np.float32(crest.weight))
    return np.asarray(lines * np.maximum(0.8 + 0.35 * slow, 0.2) * smoothstep(distance / np.float32(0.8)))


def fused_share(frame: Frame, wear: ShortWear) -> Field:
    lost = np.zeros(frame.shape, dtype=np.float32)
    for joint in wear.fusions:
        lost = np.maximum(lost, np.minimum(1.6 * stroke(frame, joint, width=3.0, blur=1.0), 1))
    return lost
