"""Measures how well joints are found on one film from those on another: errors, remaining manual work, order.

Synthetic subjects have two films that differ in pose, exposure and damage; real films, if a folder has any, are altered
by affine and elastic maps, another curve and noise. A classifier guesses the order of films of held-out subjects.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from imaging.registration import Picture, carried
from rehearsal.anatomy import Point, Side
from rehearsal.film import SyntheticFilm, draw_foot, draw_hand
from rehearsal.truth import PLACES, Truth
from studies.desk.joint_template import TEMPLATES

SPACING = 0.2
# A joint farther than this from its true place is dragged; a person places a joint with this standard deviation.
DRAGGED_MM, HAND_MM = 2.0, 0.4
SIDES: tuple[Side, Side] = ("L", "R")
# Joints of two films in the public domain, in pixels, and the size of a pixel that is assumed for them.
REAL_MM = 0.1
REAL = {
    "normal-hand-pa.jpg": """135,548 198,717 293,1008 379,300 419,548 456,938 665,216 656,478 629,897 997,347 943,561
        852,918 1274,1064 1100,1301 812,1578 726,1612 654,1680 469,1770 537,1624 575,1781 631,1827 338,1804 575,1522
        485,1477 395,1477 541,1691""",
    "normal-foot-ap.jpg": "239,300 221,591 437,575 593,620 722,683 879,830",
}

Points = NDArray[np.float64]


def truth(random: np.random.Generator, share: float) -> Truth:
    return Truth({place: int(random.integers(0, place.largest + 1)) for place in PLACES if random.random() < share})


def pairs(subjects: int) -> Iterator[tuple[str, SyntheticFilm, SyntheticFilm]]:
    """Two films of each subject, alternately of a hand and a foot, of either side; the later one has more damage."""
    for subject in range(subjects):
        random = np.random.default_rng(subject)
        view, side = ("hand", "foot")[subject % 2], SIDES[subject // 2 % 2]
        first, second = (drawn(view, side, subject, n, truth(random, share)) for n, share in enumerate((0.1, 0.35)))
        yield view, first, second


def drawn(view: str, side: Side, subject: int, visit: int, at: Truth) -> SyntheticFilm:
    draw = {"hand": draw_hand, "foot": draw_foot}[view]
    return draw(side, at.damage(side, view), 7000 + subject, visit, SPACING)


def errors(found: dict[str, Any], places: dict[str, Point], spacing: float) -> Points:
    """Errors in millimetres of the joints that were found."""
    return np.array([np.hypot(*np.subtract(one.place, places[joint])) * spacing for joint, one in found.items()])


def by_template(view: str, places: dict[str, Point]) -> dict[str, Point]:
    """Every joint under the best affine map of the template: three clicks cannot do better."""
    joints = [joint for joint in TEMPLATES[view].joints if joint in places]
    design = np.array([(*TEMPLATES[view].joints[joint], 1.0) for joint in joints])
    fitted = design @ np.linalg.lstsq(design, np.array([places[joint] for joint in joints]), rcond=None)[0]
    return {joint: (float(x), float(y)) for joint, (x, y) in zip(joints, fitted, strict=True)}


def template_error(view: str, places: dict[str, Point]) -> Points:
    """Errors in millimetres of every joint of the template."""
    fitted = by_template(view, places)
    return np.array([np.hypot(*np.subtract(fitted[joint], places[joint])) * SPACING for joint in fitted])


def synthetic(subjects: int) -> dict[str, float]:
    """Figures over both views."""
    every: list[Points] = []
    seconds, joints, dragged, by_template = 0.0, 0, 0, 0
    for view, source, target in pairs(subjects):
        began = time.perf_counter()
        found = carried(Picture(source.pixels, SPACING), Picture(target.pixels, SPACING), source.sites)
        seconds += time.perf_counter() - began
        every.append(errors(found, target.sites, SPACING))
        joints += len(source.sites)
        dragged += len(source.sites) - len(found) + int((every[-1] > DRAGGED_MM).sum())
        by_template += 3 + int((template_error(view, target.sites) > DRAGGED_MM).sum())
    return figures(every, joints) | {
        "s_per_film": seconds / subjects,
        "actions_per_film": dragged / subjects,
        "actions_per_film_by_template": by_template / subjects,
    }


def figures(every: list[Points], joints: int) -> dict[str, float]:
    far = np.concatenate(every)
    return {
        "median_mm": float(np.median(far)),
        "p95_mm": float(np.quantile(far, 0.95)),
        "largest_mm": float(far.max()),
        "found": len(far) / joints,
    }


def real(folder: Path, times: int) -> dict[str, float]:
    """The same for real films and altered copies of them."""
    every: list[Points] = []
    joints = 0
    for name, text in REAL.items():
        if not (folder / name).exists():
            return {}
        grey = np.asarray(Image.open(folder / name).convert("L"), np.float32)
        points = [word.split(",") for word in text.split()]
        places = {str(n): (float(x), float(y)) for n, (x, y) in enumerate(points)}
        for seed in range(times):
            copy, to_source = changed(grey, np.random.default_rng(seed))
            there = {joint: inverse(to_source, point) for joint, point in places.items()}
            inside = {joint: point for joint, point in there.items() if point}
            given = {joint: places[joint] for joint in inside}
            own = Picture((grey * 16).astype(np.uint16), REAL_MM)
            found = carried(own, Picture(copy, REAL_MM), given)
            every.append(errors(found, inside, REAL_MM))
            joints += len(given)
    return {f"real_{word}": value for word, value in figures(every, joints).items()}


def changed(grey: NDArray[np.float32], random: np.random.Generator) -> tuple[Any, Points]:
    """A copy under affine (4 degrees, 4 %, 8 mm) and elastic (2 mm over 40 mm) maps, with another curve and noise; and
    for each of its pixels the (x, y) of the source.
    """
    rows, columns = grey.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64)
    turn, size = np.deg2rad(random.normal(0, 4)), 1 + random.normal(0, 0.04)
    linear = np.linalg.inv(size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]))
    middle, shift = np.array([columns / 2, rows / 2]), random.normal(0, 8, 2).clip(-16, 16) / REAL_MM
    flat = np.stack([x - middle[0] - shift[0], y - middle[1] - shift[1]])
    source = np.einsum("ij,jrc->irc", linear, flat) + middle[:, None, None]
    knots = (int(rows * REAL_MM / 40) + 3, int(columns * REAL_MM / 40) + 3)
    for axis in range(2):
        bent = ndimage.zoom(random.normal(0, 2 / REAL_MM, knots), (rows / knots[0], columns / knots[1]), order=3)
        source[axis] += bent[:rows, :columns]
    copy = ndimage.map_coordinates(grey, [source[1], source[0]], order=1, mode="nearest")
    curve = ((copy - copy.min()) / np.ptp(copy)) ** np.exp(random.normal(0, 0.3))
    noisy = 300 + 3000 * curve + random.normal(0, 60, copy.shape)
    return noisy.clip(0, 4095).astype(np.uint16), source


def inverse(to_source: Points, point: Point) -> Point | None:
    """The pixel of the copy that shows this place of the source; None outside the copy."""
    far = (to_source[0] - point[0]) ** 2 + (to_source[1] - point[1]) ** 2
    row, column = np.unravel_index(far.argmin(), far.shape)
    return (float(column), float(row)) if far[row, column] < 4 else None


def order_guessed(subjects: int) -> dict[str, float]:
    """AUC of a linear classifier that guesses which film is later from the placements of two films without change.

    One film, drawn at random, is placed by hand; the other gets the joints found. Half of the subjects train it.
    """
    features, later = [], []
    for subject in range(subjects):
        random = np.random.default_rng(9000 + subject)
        films = [drawn("hand", "L", 900 + subject, visit, Truth({})) for visit in range(2)]
        first = int(random.random() < 0.5)
        source, target = films[first], films[1 - first]
        by_hand = placed_by_hand(source.sites, random)
        found = carried(Picture(source.pixels, SPACING), Picture(target.pixels, SPACING), by_hand)
        placed = {joint: found[joint].place if joint in found else target.sites[joint] for joint in by_hand}
        shown = [by_hand, placed] if first == 0 else [placed, by_hand]
        swapped = random.random() < 0.5
        one, other = (np.array(list(shown[n].values())) for n in ((1, 0) if swapped else (0, 1)))
        design = np.column_stack([one, np.ones(len(one))])
        features.append((other - design @ np.linalg.lstsq(design, other, rcond=None)[0]).ravel())
        later.append(not swapped)
    return {"order_auc": auc_of(np.array(features), np.array(later))}


def placed_by_hand(sites: dict[str, Point], random: np.random.Generator) -> dict[str, Point]:
    """The template placed by three clicks; joints that are farther off than a person accepts are dragged."""
    fitted = by_template("hand", sites)
    placed = {}
    for joint, point in sites.items():
        far = np.hypot(*np.subtract(fitted[joint], point)) * SPACING
        dragged = np.array(point) + random.normal(0, HAND_MM / SPACING, 2)
        x, y = fitted[joint] if far <= DRAGGED_MM else dragged
        placed[joint] = (round(float(x), 1), round(float(y), 1))
    return placed


def auc_of(features: Points, later: NDArray[np.bool_]) -> float:
    """Ridge regression on one half of the subjects, the area under its curve on the other, and the other way round."""
    half, areas = len(later) // 2, []
    for train, test in ((slice(half), slice(half, None)), (slice(half, None), slice(half))):
        mean, spread = features[train].mean(0), features[train].std(0) + 1e-9
        own, other = (features[train] - mean) / spread, (features[test] - mean) / spread
        weights = np.linalg.solve(own.T @ own + 10 * np.eye(own.shape[1]), own.T @ (2.0 * later[train] - 1))
        scores = other @ weights
        above = scores[later[test]][:, None] - scores[~later[test]][None, :]
        areas.append(float((above > 0).mean() + 0.5 * (above == 0).mean()))
    return sum(areas) / 2


def main() -> None:
    """Prints the table, then the line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=40, help="number of synthetic subjects")
    parser.add_argument("--order-subjects", type=int, default=120, help="number of held-out subjects")
    parser.add_argument(
        "--radiographs",
        type=Path,
        default=Path("../shared/radiographs"),
        help="a folder with real films, if there is one",
    )
    options = parser.parse_args()
    found = {"subjects": options.subjects, **synthetic(options.subjects), **real(options.radiographs, 8)}
    found |= {"order_subjects": options.order_subjects, **order_guessed(options.order_subjects)}
    for word, value in found.items():
        print(f"{word:32}{value:>12.4g}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
