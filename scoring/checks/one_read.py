"""One signed read for the imaging lead: its films with marked joints, and its values. No order of time is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Prefetch

from instruments.definition import Instrument
from reading.campaigns.frozen_films import VIEWS
from reading.models import DisplayedFilm, DisplayedTimepoint, Read
from reading.room.blinded import FEATURE_LABELS
from reading.room.impossible_codes import reason_in_words
from scoring.checks.signed_sheets import Entries

SIDES = {"L": "Left", "R": "Right"}


@dataclass(frozen=True)
class JointMark:
    """A marked joint in pixels of the film."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class MarkedFilm:
    """A film with its marks; without a token it is absent."""

    name: str
    token: str = ""
    columns: int = 0
    rows: int = 0
    marks: tuple[JointMark, ...] = ()

    @property
    def radius(self) -> float:
        """The radius of a mark."""
        return self.columns / 24


@dataclass(frozen=True)
class Pane:
    """A timepoint under a separate number: letters would reveal the order where the reader knows it."""

    number: int
    token: str
    pictures: tuple[MarkedFilm, ...]


@dataclass(frozen=True)
class ValueRow:
    """An item with its entries at each timepoint."""

    joint: str
    feature: str
    marked: bool
    entries: tuple[str, ...]


def panes_of(read: Read, instrument: Instrument, marked: Collection[str]) -> list[Pane]:
    """The timepoints that count, in the order of their random tokens; without films if consent was withdrawn."""
    open_films = DisplayedFilm.objects.filter(timepoint__step__read__case__consent_withdrawn=False)
    films = Prefetch("films", open_films.select_related("reader_image"))
    shown = DisplayedTimepoint.objects.filter(step__read=read, step__counts=True).prefetch_related(films)
    return [
        Pane(number, one.token, tuple(pictures_of(one, instrument, marked)))
        for number, one in enumerate(shown.order_by("token"), start=1)
    ]


def pictures_of(timepoint: DisplayedTimepoint, instrument: Instrument, marked: Collection[str]) -> list[MarkedFilm]:
    """The four views of a timepoint."""
    films = {(film.side, film.view): film for film in timepoint.films.all()}
    return [picture_of(films[view], instrument, marked) for view in VIEWS if view in films]


def picture_of(film: DisplayedFilm, instrument: Instrument, marked: Collection[str]) -> MarkedFilm:
    """A film with the marked joints whose position is known."""
    name, image = f"{SIDES[film.side]} {film.view}", film.reader_image
    if image is None:
        return MarkedFilm(name)
    wanted = {
        item.joint: item.label
        for item in instrument.items
        if item.key in marked and (item.side, item.region) == (film.side, film.view)
    }
    placed = [(label, image.joints[joint]) for joint, label in wanted.items() if joint in image.joints]
    marks = tuple(JointMark(x, y, label) for label, (x, y) in placed)
    return MarkedFilm(name, film.token, image.columns, image.rows, marks)


def values_of(
    instrument: Instrument, panes: Collection[Pane], entries: Entries, marked: Collection[str]
) -> list[ValueRow]:
    """Every item with its signed entries; the items of findings first."""
    rows = [
        ValueRow(
            joint=item.place,
            feature=FEATURE_LABELS.get(item.feature, item.feature),
            marked=item.key in marked,
            entries=tuple(entry_of(instrument, entries.get(pane.token, {}).get(item.key)) for pane in panes),
        )
        for item in instrument.items
    ]
    return sorted(rows, key=lambda row: not row.marked)


def entry_of(instrument: Instrument, entry: list[object] | None) -> str:
    """A grade, or the reason why there is none."""
    if entry is None:
        return ""
    value, reason = entry[0], str(entry[1])
    return str(value) if value is not None else reason_in_words(instrument, reason)
