"""A matcher that knows no truth: it weighs everything two sides have alike and links the likeliest pairs first."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from math import log
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from tests.reading.joined_sides import JoinedColumn, JoinedColumns
from tests.reading.joining import JoinedTruth

Weights = npt.NDArray[np.float64]
# Columns of one kind on both sides are compared by rank: sizes with sizes, times with times, places with places.
KINDS = {"size": "size|length", "time": "mtime|_at$|captured|saved", "place": r"\(place\)|\.id$|seq|position|number"}


def matched(films: JoinedColumns, images: JoinedColumns, groups: Sequence[JoinedTruth]) -> int:
    """How many images of these groups it links to the right film."""
    right = 0
    for truth in groups:
        rows, columns = sorted(truth.values()), sorted(truth)
        of_films = {name: within(column, rows) for name, column in films.items()}
        of_images = {name: within(column, columns) for name, column in images.items()}
        weights = by_values(of_films, of_images, rows, columns) + by_ranks(of_films, of_images, rows, columns)
        right += sum(truth[columns[image]] == rows[film] for film, image in likeliest(weights))
    return right


def within(column: JoinedColumn, owners: Collection[Any]) -> JoinedColumn:
    """The part of a column that belongs to a group."""
    return {owner: column[owner] for owner in owners if owner in column}


def by_values(films: JoinedColumns, images: JoinedColumns, rows: Sequence[int], columns: Sequence[str]) -> Weights:
    """Every value that both sides have, in whatever column, weighs the more the rarer it is."""
    weights = np.zeros((len(rows), len(columns)))
    of_films, of_images = owners_by_value(films), owners_by_value(images)
    for value in of_films.keys() & of_images.keys():
        rarity = log(len(rows) / len(of_films[value])) + log(len(columns) / len(of_images[value]))
        places = [rows.index(one) for one in of_films[value]], [columns.index(one) for one in of_images[value]]
        weights[np.ix_(*places)] += rarity
    return weights


def owners_by_value(side: JoinedColumns) -> dict[str, set[Any]]:
    """Who has a value."""
    owners: dict[str, set[Any]] = defaultdict(set)
    for column in side.values():
        for owner, value in column.items():
            owners[str(value)].add(owner)
    return owners


def by_ranks(films: JoinedColumns, images: JoinedColumns, rows: Sequence[int], columns: Sequence[str]) -> Weights:
    """Columns of one kind weigh by how near the ranks are; each kind weighs as much as one rare value."""
    weights = np.zeros((len(rows), len(columns)))
    for pattern in KINDS.values():
        left, right = (ranks_of(side, pattern, owners) for side, owners in ((films, rows), (images, columns)))
        pairs = [(one, other) for one in left for other in right]
        for one, other in pairs:
            near = 1 - np.abs(one[:, None] - other[None, :]) / len(rows)
            weights += near / len(pairs) * log(len(rows))
    return weights


def ranks_of(side: JoinedColumns, pattern: str, owners: Sequence[Any]) -> list[Weights]:
    """The ranks in every complete column of numbers of that kind, if it tells owners apart."""
    found = [column for name, column in side.items() if re.search(pattern, name) and is_complete(column, owners)]
    ranked = [rankdata([column[owner] for owner in owners]) for column in found]
    return [ranks for ranks in ranked if len(set(ranks)) > 1]


def is_complete(column: JoinedColumn, owners: Sequence[Any]) -> bool:
    """Whether every owner has a number there."""
    return all(isinstance(column.get(owner), int | float) for owner in owners)


def likeliest(weights: Weights) -> list[tuple[int, int]]:
    """The pair with the most weight first, then the next of what is left; equal weights in a drawn order."""
    draw = Random(5)
    pairs = [(film, image) for film in range(weights.shape[0]) for image in range(weights.shape[1])]
    draw.shuffle(pairs)
    taken, linked = Counter[str](), []
    for film, image in sorted(pairs, key=lambda pair: -weights[pair]):
        if not taken[f"film {film}"] and not taken[f"image {image}"]:
            taken.update([f"film {film}", f"image {image}"])
            linked.append((film, image))
    return linked
