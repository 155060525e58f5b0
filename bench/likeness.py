"""Measures how often a film that is sent again is recognised, and how often wrongly: bin/bench likeness.

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

from imaging.likeness import AT_ONCE, SAME, SAME_ANYWHERE, Likeness, likeness_of, part_matches, whole_matches
from imaging.likeness_parts import SAME_IN_DETAIL, detail_score
from rehearsal.damage import Damage
from rehearsal.film import draw_foot, draw_hand

GreyPicture = NDArray[np.uint16]
PictureChange = Callable[[GreyPicture, np.random.Generator], GreyPicture]
# Of 20,880 films of a trial, those of one view.
FILMS = 10_440


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
    """Mirrors the picture."""
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


def recognised(
    picture: GreyPicture, pictures: list[GreyPicture], others: list[Likeness], least: float, details: list[float]
) -> set[int]:
    """The films that show the same picture or a part of it; `details` gets the scores of wrong ones close to that."""
    film, keyed = likeness_of(picture), list(enumerate(others))
    found = {match.key for match in whole_matches(film, keyed, least)}
    for match in part_matches(film, [keyed]):
        score = detail_score(picture, pictures[match.key], mirrored=match.mirrored)
        if score >= SAME_IN_DETAIL:
            found.add(match.key)
        else:
            details.append(score)
    return found


def measured(own: int, pictures: list[GreyPicture], least: float, times: int = 1) -> dict[str, Any]:
    """The share of changed films that are recognised, and of wrong ones among all comparisons.

    The first `own` pictures are each changed this many times.
    """
    random = np.random.default_rng(20261129)
    others = [likeness_of(picture) for picture in pictures]
    found: dict[str, Any] = {}
    details: list[float] = [0.0]
    wrong, pairs, took = 0, 0, 0.0
    for name, change in CHANGES.items():
        right = 0
        for place in [*range(own)] * times:
            picture = change(pictures[place], random)
            began = time.perf_counter()
            hits = recognised(picture, pictures, others, least, details)
            took += time.perf_counter() - began
            right += place in hits
            wrong += len(hits - {place})
            pairs += len(others) - 1
        found[name] = right / own / times
    films = len(CHANGES) * own * times
    found |= {"wrong_matches": wrong, "pairs": pairs, "ms_per_film": 1000 * took / films}
    return found | {"compared_in_detail": len(details) - 1, "closest_in_detail": max(details)}


def closest_whole(others: list[Likeness]) -> float:
    """The highest correlation of two different whole films."""
    keyed = list(enumerate(others))
    found = [whole_matches(film, keyed[:place], 0.0) for place, film in keyed if place]
    return max(match.score for matches in found for match in matches)


def at_full_size(film: Likeness, others: list[Likeness]) -> float:
    """Seconds for one film in a trial with this many films of its view, without reading them from the database."""
    many = [(key, others[key % len(others)]) for key in range(FILMS)]
    batches = [many[start : start + AT_ONCE] for start in range(0, FILMS, AT_ONCE)]
    began = time.perf_counter()
    for batch in batches:
        whole_matches(film, batch, SAME_ANYWHERE)
    list(part_matches(film, batches))
    return time.perf_counter() - began


def main() -> None:
    """Prints the table, then the line of JSON."""
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
    found: dict[str, Any] = {"films": len(pictures)}
    for word, least in (("site", SAME), ("trial", SAME_ANYWHERE)):
        found |= {f"{word}_{name}": value for name, value in measured(len(pictures), pictures, least).items()}
    found |= {"closest_whole": closest_whole(others), f"s_per_film_of_{FILMS}": at_full_size(others[0], others)}
    own = list(real(options.radiographs))
    if own:
        values = measured(len(own), own + pictures, SAME_ANYWHERE, times=20)
        found |= {f"real_{name}": value for name, value in values.items()} | {"real_films": len(own)}
    for word, value in found.items():
        print(f"{word:28}{value:>14.4g}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
