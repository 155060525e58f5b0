"""Every way of joining two sides: by equal values, by rank and by rank correlation, and what chance would find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import lgamma
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import poisson, rankdata, t

from tests.reading.joined_sides import JoinedColumn, JoinedColumns

JoinedTruth = dict[Any, Any]  # blind owner -> identity owner: an image and its film
Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
# So improbable must be what any of all joins finds by chance.
IMPROBABLE = 0.0001
# How many times the t approximation can be too small in its far tail: with 13 points and a sum of squared differences
# of ranks of at most 6, it gives 2e-9, and counting gives 6.7e-8.
FAR_TAIL = 30


@dataclass(frozen=True)
class JoinedOwners:
    """The owners of one side in the order in which they truly belong to those of the other, in groups."""

    owners: tuple[Any, ...]
    ends: tuple[int, ...]

    def parts(self, whole: Any) -> Iterator[Any]:
        """What belongs to each group."""
        for start, end in zip((0, *self.ends), self.ends, strict=False):
            yield whole[start:end]

    def telling(self, columns: JoinedColumns) -> JoinedColumns:
        """The columns that tell some owners of a group apart; of several that are alike everywhere, the first."""
        kept: dict[tuple[str, ...], str] = {}
        for name, column in columns.items():
            values = tuple(str(column.get(owner)) for owner in self.owners)
            if any(len(set(part)) > 1 for part in self.parts(values)):
                kept.setdefault(values, name)
        return {name: columns[name] for name in kept.values()}


@dataclass(frozen=True)
class TriedColumn:
    """A column prepared for every join: the values that one owner of a group alone has, the order, and the ranks.

    `points` counts the values that differ within the groups: owners that share theirs are one point. `arrangements`
    is the number of ways in which these could lie, as a logarithm.
    """

    name: str
    single: list[dict[str, int]]
    order: Places | None = None
    ranks: Numbers | None = None
    points: int = 0
    arrangements: float = 0.0


def in_groups(groups: Sequence[JoinedTruth]) -> tuple[JoinedOwners, JoinedOwners]:
    """The owners of both sides."""
    ends = tuple(int(end) for end in np.cumsum([len(truth) for truth in groups]))
    blind = tuple(owner for truth in groups for owner in truth)
    return JoinedOwners(tuple(owner for truth in groups for owner in truth.values()), ends), JoinedOwners(blind, ends)


def prepared(name: str, column: JoinedColumn, owners: JoinedOwners) -> TriedColumn:
    """Everything about a column that a join needs, by place among the owners."""
    texts = [str(column[owner]) if owner in column else None for owner in owners.owners]
    places = list(owners.parts(range(len(texts))))
    single = [{str(texts[at]): at for at in part if is_single(texts, part, at)} for part in places]
    if None in texts:
        return TriedColumn(name, single)
    values = ranked([column[owner] for owner in owners.owners])
    ranks = np.concatenate([rankdata(part) - (len(part) + 1) / 2 for part in owners.parts(values)])
    whole = all(len(part) == len(there) for part, there in zip(places, single, strict=True))
    order = np.concatenate([sorted(part, key=lambda at: ranks[at]) for part in places]) if whole else None
    different = [len(set(part)) for part in owners.parts(ranks)]
    return TriedColumn(name, single, order, ranks, sum(different), sum(lgamma(count + 1) for count in different))


def is_single(texts: Sequence[str | None], part: Sequence[int], at: int) -> bool:
    """Whether no other owner of the group has the same value."""
    return texts[at] is not None and Counter(texts[part[0] : part[-1] + 1])[texts[at]] == 1


def ranked(values: Sequence[Any]) -> Numbers:
    """Numbers as they are; anything else by its place in the order of texts."""
    if all(isinstance(value, int | float) for value in values):
        return np.array(values, dtype=np.float64)
    texts = sorted(set(map(str, values)))
    return np.array([texts.index(str(value)) for value in values], dtype=np.float64)


def links(films: JoinedColumns, images: JoinedColumns, groups: Sequence[JoinedTruth]) -> tuple[int, list[str]]:
    """How many joins of a column of one side with a column of the other were tried, and those that find the truth."""
    identity, blind = in_groups(groups)
    left = [prepared(name, column, identity) for name, column in identity.telling(films).items()]
    right = [prepared(name, column, blind) for name, column in blind.telling(images).items()]
    tried = 3 * len(left) * len(right)
    found = [*by_value(left, right, groups), *by_rank(left, right, identity), *by_correlation(left, right, groups)]
    return tried, [f"{way}: {join}" for way, join, chance in found if chance < IMPROBABLE / tried]


JoinFound = tuple[str, str, float]  # the way, the columns, and how probable it is by chance


def by_value(
    left: Sequence[TriedColumn], right: Sequence[TriedColumn], groups: Sequence[JoinedTruth]
) -> Iterator[JoinFound]:
    """Values that one film and one image alone have."""
    for one in left:
        for other in right:
            linked, expected = 0, 0.0
            for films, images, truth in zip(one.single, other.single, groups, strict=True):
                if shared := films.keys() & images.keys():
                    linked += sum(films[value] == images[value] for value in shared)
                    expected += len(shared) / len(truth)
            if linked:
                yield "value", f"{one.name} = {other.name}", chance(linked, expected)


def by_rank(left: Sequence[TriedColumn], right: Sequence[TriedColumn], owners: JoinedOwners) -> Iterator[JoinFound]:
    """The first film with the first image, and so on; and from the other end."""
    images = [(one.name, one.order) for one in right if one.order is not None]
    for one in left:
        if one.order is None:
            continue
        turned = np.concatenate([part[::-1] for part in owners.parts(one.order)])
        for name, order in images:
            linked = max(int((one.order == order).sum()), int((turned == order).sum()))
            probable = min(1.0, 2 * chance(linked, float(len(owners.ends))))
            yield "rank", f"{one.name} ~ {name}", probable


def by_correlation(
    left: Sequence[TriedColumn], right: Sequence[TriedColumn], groups: Sequence[JoinedTruth]
) -> Iterator[JoinFound]:
    """Whether within the groups the larger belongs to the larger, or to the smaller."""
    films, images = ([one for one in side if one.ranks is not None] for side in (left, right))
    pairs = sum(map(len, groups))
    first, second = (np.array([one.ranks for one in side]).reshape(-1, pairs) for side in (films, images))
    first, second = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (first, second))
    near = np.clip(first @ second.T, -1, 1)
    free = fewest(films, images, "points") - len(groups) - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        probable = FAR_TAIL * 2 * t.sf(np.abs(near) * np.sqrt(free / (1 - near**2)), free)
    probable = np.where(free > 0, np.maximum(probable, 2 * np.exp(-fewest(films, images, "arrangements"))), 1.0)
    for place, other in np.argwhere(probable < IMPROBABLE):
        yield "correlation", f"{films[place].name} ~ {images[other].name}", float(probable[place, other])


def fewest(films: Sequence[TriedColumn], images: Sequence[TriedColumn], what: str) -> Numbers:
    """The smaller number of the two columns, for each pair."""
    left, right = (np.array([getattr(one, what) for one in side], dtype=np.float64) for side in (films, images))
    return np.minimum.outer(left, right)


def chance(right: int, expected: float) -> float:
    """How probable at least so many right links are."""
    return float(poisson.sf(right - 1, expected)) if right else 1.0
