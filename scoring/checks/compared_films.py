"""The films of a case with both readers' values written beside each joint at which they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from reading.campaigns.frozen_films import VIEWS
from reading.models import DisplayedFilm, DisplayedTimepoint
from reading.room.blinded import FEATURE_LABELS
from scoring.checks.one_read import SIDES
from scoring.checks.two_reads import ComparedReads, ComparedValue
from scoring.consensus.signed_series import visits_of_reads
from studies.models import Visit


@dataclass(frozen=True)
class DifferenceMark:
    """A joint at which the readers differ, in pixels of the film, with what each entered."""

    key: str
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class ComparedFilm:
    """A film with its marks; without a token there is none, or nobody may open it."""

    key: str
    name: str
    token: str = ""
    columns: int = 0
    rows: int = 0
    marks: tuple[DifferenceMark, ...] = ()

    @property
    def radius(self) -> float:
        """The radius of a mark."""
        return self.columns / 24


@dataclass(frozen=True)
class ComparedVisit:
    """A timepoint with its four views."""

    code: str
    films: tuple[ComparedFilm, ...]


@dataclass(frozen=True)
class ComparedCell:
    """What both readers entered for an item at a visit; with a difference, the keys of its film and of its mark."""

    value: ComparedValue
    visit: str
    film: str
    mark: str


@dataclass(frozen=True)
class ComparedRow:
    """An item at every visit."""

    joint: str
    feature: str
    cells: tuple[ComparedCell, ...]

    @property
    def differs(self) -> bool:
        """Whether the readers differ at any visit."""
        return any(cell.value.differs for cell in self.cells)


def film_key(value: ComparedValue) -> str:
    """The film that shows an item at a visit."""
    return f"{value.visit}-{value.item.region}-{value.item.side}"


def mark_key(value: ComparedValue) -> str:
    """The joint of an item on that film."""
    return f"{film_key(value)}-{value.item.joint}"


def rows_of(compared: ComparedReads) -> list[ComparedRow]:
    """Every item with what both readers entered at each visit; those with a difference first."""
    codes = visit_codes(compared)
    cells = defaultdict[str, list[ComparedCell]](list)
    items = {}
    for value in compared.values:
        items[value.item.key] = value.item
        cells[value.item.key].append(ComparedCell(value, codes[value.visit], film_key(value), mark_key(value)))
    rows = [
        ComparedRow(
            item.place,
            FEATURE_LABELS.get(item.feature, item.feature),
            tuple(cells[key]),
        )
        for key, item in items.items()
    ]
    return sorted(rows, key=lambda row: not row.differs)


def visits_shown(compared: ComparedReads) -> list[ComparedVisit]:
    """The timepoints in true order with the films of the first read, which are those of the second."""
    codes, shown = visit_codes(compared), timepoints_by_visit(compared)
    marks = marks_of(compared.different)
    return [
        ComparedVisit(codes[visit], tuple(films_of(visit, shown[visit], marks)))
        for visit in compared.visits
        if visit in shown
    ]


def visit_codes(compared: ComparedReads) -> dict[int, str]:
    """The code of each visit."""
    return dict(Visit.objects.filter(pk__in=compared.visits).values_list("pk", "code"))


def timepoints_by_visit(compared: ComparedReads) -> dict[int, DisplayedTimepoint]:
    """The timepoints of the first read; without films once the subject withdrew consent."""
    open_films = DisplayedFilm.objects.filter(timepoint__step__read__case__consent_withdrawn=False)
    films = Prefetch("films", open_films.select_related("reader_image"))
    of_read = DisplayedTimepoint.objects.filter(step__read=compared.first, step__counts=True).prefetch_related(films)
    visit_of = visits_of_reads([compared.first.pk])
    return {visit_of[one.token]: one for one in of_read}


def marks_of(different: Iterable[ComparedValue]) -> dict[str, dict[str, list[str]]]:
    """By film and joint, what the readers entered where they differ; a joint may have two features."""
    marks = defaultdict[str, dict[str, list[str]]](dict)
    for value in different:
        marks[film_key(value)].setdefault(value.item.joint, []).append(f"{value.first} | {value.second}")
    return marks


def films_of(visit: int, timepoint: DisplayedTimepoint, marks: dict[str, dict[str, list[str]]]) -> list[ComparedFilm]:
    """The views of a timepoint with their marks."""
    shown = {(film.side, film.view): film for film in timepoint.films.all()}
    found = []
    for side, view in VIEWS:
        if (side, view) in shown:
            key = f"{visit}-{view}-{side}"
            found.append(film_of(key, shown[side, view], marks.get(key, {})))
    return found


def film_of(key: str, film: DisplayedFilm, marks: dict[str, list[str]]) -> ComparedFilm:
    """A film with the marks of joints whose position is known."""
    name, image = f"{SIDES[film.side]} {film.view}", film.reader_image
    if image is None:
        return ComparedFilm(key, name)
    placed = tuple(
        DifferenceMark(f"{key}-{joint}", image.joints[joint][0], image.joints[joint][1], "; ".join(texts))
        for joint, texts in marks.items()
        if joint in image.joints
    )
    return ComparedFilm(key, name, film.token, image.columns, image.rows, placed)
