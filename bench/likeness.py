"""Measures how often a film that is sent again is recognised, and how often a wrong one: bin/bench likeness.

Synthetic hands and feet of many subjects at two visits each, and the radiographs in a folder, are sent again: as JPEG,
in another size, mirrored, and cropped. Prints a table, and then one line of JSON.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.likeness import AT_ONCE, SAME, Likeness, compared, likeness_of, matches, whole_matches
from rehearsal.damage import Damage
from rehearsal.film import draw_foot, draw_hand

GreyPicture = NDArray[np.uint16]
PictureChange = Callable[[GreyPicture, np.random.Generator], GreyPicture]
FILMS = 20_880


def as_jpeg(picture: GreyPicture, random: np.random.Generator) -> GreyPicture:
    """Eight bits of a window, as a JPEG of quality 50 to 90."""
    low, high = np.percentile(picture, [0.5, 99.5])
    grey = np.clip((picture - low) * (255 / max(high - low, 1)), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=int(random.integers(50, 91)))
    return np.asarray(Image.open(out)).astype(np.uint16)


def at_another_size(picture: GreyPicture, random: np.random.Generator) -> GreyPicture:
    """From 0.4 to 1.6 times as large."""
    factor = random.uniform(0.4, 1.6)
    size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
    return (
        np.asarray(Image.fromarray(picture.astype(np.float32)).resize(size, Image.Resampling.BICUBIC))
        .clip(0)
        .astype(np.uint16)
    )


def mirrored(picture: GreyPicture, random: np.random.Generator) -> GreyPicture:
    """Left and right exchanged."""
    return picture[:, ::-1]


def cropped(picture: GreyPicture, random: np.random.Generator) -> GreyPicture:
    """Up to 15 % cut from each edge."""
    rows, columns = picture.shape
    top, bottom = (random.uniform(0, 0.15, 2) * rows).astype(int)
    left, right = (random.uniform(0, 0.15, 2) * columns).astype(int)
    return picture[top : rows - bottom, left : columns - right]


def cropped_and_mirrored(picture: GreyPicture, random: np.random.Generator) -> GreyPicture:
    """Both."""
    return mirrored(cropped(picture, random), random)


CHANGES: dict[str, PictureChange] = {
    "recompressed": as_jpeg,
    "rescaled": at_another_size,
    "mirrored": mirrored,
    "cropped": cropped,
    "cropped_and_mirrored": cropped_and_mirrored,
}


def drawn(subjects: int) -> Iterator[GreyPicture]:
    """Both hands and feet of every subject at two visits."""
    for subject in range(subjects):
        for visit in range(2):
            seeds = (1000 + subject, 2 * subject + visit)
            for side in ("L", "R"):
                yield draw_hand(side, Damage(), *seeds, 0.2).pixels
                yield draw_foot(side, Damage(), *seeds, 0.2).pixels


def real(folder: Path) -> Iterator[GreyPicture]:
    """The radiographs of a folder, 12 bits deep."""
    for path in sorted(folder.glob("*.jpg")):
        yield np.asarray(Image.open(path).convert("L")).astype(np.uint16) * 16


def measured(pictures: list[GreyPicture], others: list[Likeness], times: int = 1) -> dict[str, Any]:
    """The share of changed films that are recognised, and of wrong ones among all comparisons.

    Each picture is changed so many times; `others` begins with the likenesses of the pictures, in their order.
    """
    random = np.random.default_rng(20261129)
    found: dict[str, Any] = {}
    wrong, pairs, took = 0, 0, 0.0
    for name, change in CHANGES.items():
        right = 0
        for place, picture in [*enumerate(pictures)] * times:
            film = likeness_of(change(picture, random))
            began = time.perf_counter()
            hits = {match.place for match in matches(film, others)}
            took += time.perf_counter() - began
            right += place in hits
            wrong += len(hits - {place})
            pairs += len(others) - 1
        found[name] = right / len(pictures) / times
    films = len(CHANGES) * len(pictures) * times
    found |= {"wrong_matches": wrong, "pairs": pairs, "ms_per_film": 1000 * took / films}
    return found


def closest(others: list[Likeness]) -> float:
    """The highest correlation of two films that are not the same."""
    best = 0.0
    for place, film in enumerate(others):
        best = max([best, *(match.score for match in compared(film, others[:place], 0.0, 0.0))])
    return best


def measured_anywhere(pictures: list[GreyPicture], others: list[Likeness]) -> dict[str, float]:
    """The same against films of every site, where whole pictures alone are compared."""
    random = np.random.default_rng(20261130)
    found = {}
    for name in ("recompressed", "rescaled", "mirrored"):
        hits = [
            {match.place for match in whole_matches(likeness_of(CHANGES[name](picture, random)), others)}
            for picture in pictures
        ]
        found[f"anywhere_{name}"] = sum(place in hit for place, hit in enumerate(hits)) / len(pictures)
        wrong = sum(len(hit - {place}) for place, hit in enumerate(hits))
        found["anywhere_wrong"] = found.get("anywhere_wrong", 0) + wrong
    return found


def at_full_size_anywhere(film: Likeness, others: list[Likeness]) -> float:
    """Seconds for one film against 20,880 of all sites."""
    many = (others * (FILMS // len(others) + 1))[:FILMS]
    began = time.perf_counter()
    for start in range(0, FILMS, AT_ONCE):
        whole_matches(film, many[start : start + AT_ONCE])
    return time.perf_counter() - began


def at_full_size(film: Likeness, others: list[Likeness]) -> float:
    """Seconds for one film in a trial of 20,880."""
    many = (others * (FILMS // len(others) + 1))[:FILMS]
    began = time.perf_counter()
    matches(film, many)
    return time.perf_counter() - began


def main() -> None:
    """The table, then the line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=30, help="number of synthetic subjects")
    parser.add_argument(
        "--radiographs",
        type=Path,
        default=Path("../shared/radiographs"),
        help="a folder with real films, if there is one",
    )
    options = parser.parse_args()
    pictures = list(drawn(options.subjects))
    others = [likeness_of(picture) for picture in pictures]
    found = {"films": len(pictures), "threshold": SAME, **measured(pictures, others), "closest_other": closest(others)}
    found |= measured_anywhere(pictures, others)
    found["s_per_film_of_20880"] = at_full_size(others[0], others)
    found["anywhere_s_per_film_of_20880"] = at_full_size_anywhere(others[0], others)
    own = list(real(options.radiographs))
    if own:
        kept = [likeness_of(picture) for picture in own]
        found |= {f"real_{name}": value for name, value in measured(own, kept + others, times=20).items()}
        found["real_films"] = len(own)
    for word, value in found.items():
        print(f"{word:28}{value:>14.4g}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
