"""Properties that a reader could see in each film of a trial, as numbers, from reader images before sealing.

One band from the middle of each film is unpacked: noise and grey level are measured where a reader looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils import timezone

from imaging.bitpacking import band_edges, decode
from imaging.levels import Levels
from reading.campaigns.frozen_films import FrozenCase, freeze
from reading.leak_scan.statistics import SEED, FilmPlaces, Numbers
from reading.room.films import read_band
from studies.desk.masks import SIDE_LETTER, TEXT_FINDINGS
from studies.models import ReaderImage, Rendition, Trial, Visit
from studies.sealed_links import renditions_of

MARKS = TEXT_FINDINGS | {SIDE_LETTER}
MOST_CASES = 400
CHUNK = 20
# Every feature with its label on the page.
FEATURES = {
    "rows": "Matrix: rows",
    "columns": "Matrix: columns",
    "spacing": "Pixel spacing",
    "depth": "Bits used by the grey levels",
    "window": "Width of the initial window",
    "grey": "Mean grey",
    "contrast": "Contrast",
    "noise": "Noise",
    "size": "Bytes per pixel",
    "text": "Suspected text or markers",
    "masks": "Masked rectangles",
    "panes": "Films at the timepoint",
}


@dataclass(frozen=True)
class ShownFilm:
    """One film of a case: its place in true order, and the key of the image that a reader would see."""

    case: int
    series: str
    place: int
    panes: int
    image: str


@dataclass(frozen=True)
class MeasuredFilms:
    """All films with their numbers; `cases` of `of` were measured."""

    films: FilmPlaces
    features: dict[str, Numbers]
    cases: int
    of: int


def measure(trial: Trial, progress: Callable[[int, int], None]) -> MeasuredFilms:
    """The films that a campaign opened now could show, of at most MOST_CASES cases, drawn at random."""
    visits = Visit.objects.filter(subject__trial=trial).order_by("code").values_list("code", flat=True).distinct()
    frozen = freeze(trial, subjects=list(trial.subjects.all()), visits=list(visits), cut_off=timezone.now())
    whole = [case for case in frozen if len(case.timepoints) > 1]
    drawn = np.random.default_rng(SEED).permutation(len(whole))[:MOST_CASES]
    shown = list(films_of([whole[place] for place in sorted(drawn)]))
    numbers = numbers_of(shown, progress)
    series = {name: number for number, name in enumerate(sorted({film.series for film in shown}))}
    films = FilmPlaces(
        np.array([film.case for film in shown], dtype=np.int64),
        np.array([series[film.series] for film in shown], dtype=np.int64),
        np.array([film.place for film in shown], dtype=np.int64),
    )
    return MeasuredFilms(films, numbers, len(drawn), len(whole))


def films_of(cases: Sequence[FrozenCase]) -> Iterator[ShownFilm]:
    """Film by film, places in true order."""
    for number, case in enumerate(cases):
        for place, timepoint in enumerate(case.timepoints):
            for view, image in timepoint.images.items():
                yield ShownFilm(number, view, place, len(timepoint.images), image)


def numbers_of(shown: Sequence[ShownFilm], progress: Callable[[int, int], None]) -> dict[str, Numbers]:
    """Each feature as one number per film, NaN where it is not known."""
    columns: dict[str, list[float]] = defaultdict(list)
    for start in range(0, len(shown), CHUNK):
        progress(start, len(shown))
        chunk = shown[start : start + CHUNK]
        keys = [film.image for film in chunk]
        images, renditions = ReaderImage.objects.in_bulk(keys), renditions_of(keys)
        for film in chunk:
            for name, value in perceivable(images[film.image], renditions[film.image], film.panes).items():
                columns[name].append(value)
    return {name: np.array(columns[name], dtype=np.float64) for name in FEATURES}


def perceivable(image: ReaderImage, rendition: Rendition, panes: int) -> dict[str, float]:
    """The numbers of one film."""
    band, levels = middle_band(image)
    return {
        "rows": image.rows,
        "columns": image.columns,
        "spacing": image.spacing_mm if image.spacing_mm is not None else np.nan,
        "depth": int(levels.max()).bit_length(),
        "window": image.window_width,
        "grey": float(levels.mean()),
        "contrast": float(levels.std()),
        "noise": noise_of(levels),
        "size": len(band) / levels.size,
        "text": sum(finding["code"] in MARKS for finding in rendition.film.findings),
        "masks": len(rendition.masks.rectangles) if rendition.masks else 0,
        "panes": panes,
    }


def middle_band(image: ReaderImage) -> tuple[bytes, Levels]:
    """One band from the middle of the film, packed and as levels."""
    count = len(image.bands["full"])
    place = count // 2
    packed = read_band(image, "full", place)
    edges = band_edges(image.rows, count)
    return packed, decode([packed], edges[place + 1] - edges[place], image.columns)


def noise_of(levels: Levels) -> float:
    """Standard deviation of the noise from the median of second differences along the rows: bone has little effect."""
    if levels.shape[1] < 3:
        return float("nan")
    wide = levels.astype(np.float64)
    second = wide[:, :-2] - 2 * wide[:, 1:-1] + wide[:, 2:]
    return float(np.median(np.abs(second)) / (0.6745 * np.sqrt(6)))
