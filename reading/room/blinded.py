"""The values for reader-facing code: frozen, without subject, visit, date, site, arm, upload time or file name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from instruments.definition import Instrument
from reading.campaigns.frozen_films import VIEWS
from reading.charter.terms import Terms
from reading.charter.versions import terms_of
from reading.models import DisplayedFilm, DisplayedTimepoint, Read, ReadStatus
from reading.room.access import Piece
from reading.room.cells import ABSENT, CellContents, cells_of, count_filled, instrument_of, notes_of
from reading.room.steps import address_of, name_of, order_note
from reading.room.worklist import in_turn, readable
from reading.states import READ_IS

FEATURE_LABELS = {"erosion": "Erosion", "narrowing": "Narrowing", "grade": "Grade"}
PRESETS = ({"label": "Film", "center": 0.0, "width": 1.0}, {"label": "Bone", "center": 0.15, "width": 0.6})


@dataclass(frozen=True)
class BlindedFilm:
    """A film as a reader may know it: its side, its view, its geometry, and nothing about its origin."""

    token: str
    side: str
    view: str
    absent: bool = True
    preview_url: str = ""
    columns: int = 0
    rows: int = 0
    spacing_mm: float | None = None
    window_center: float = 0.0
    window_width: float = 0.0
    bands_url: str = ""
    digests: dict[str, list[str]] = field(default_factory=dict)
    joints: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class BlindedPane:
    """A timepoint at its position; locked if it was signed in an earlier step and is shown for comparison."""

    letter: str
    timepoint: str
    films: tuple[BlindedFilm, ...]
    locked: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form for the page's data block."""
        return vars(self) | {"films": [vars(film) for film in self.films]}


@dataclass(frozen=True)
class BlindedCase:
    """A case as its reader sees it."""

    token: str
    label: str
    order_note: str
    user_label: str
    read_only: str
    progress: dict[str, int]
    urls: dict[str, str]
    panes: tuple[BlindedPane, ...]

    def as_json(self) -> dict[str, Any]:
        """The form for the page's data block. Written out, because `asdict` copies every joint of every film."""
        return vars(self) | {"panes": [pane.as_json() for pane in self.panes]}


def blind_film(address: str, film: DisplayedFilm) -> BlindedFilm:
    """The film under its token; absent when it has no reader image."""
    image = film.reader_image
    if image is None:
        return BlindedFilm(token="", side=film.side, view=film.view)
    base = reverse("reading:screen", args=[address]) + f"film/{film.token}/"
    return BlindedFilm(
        token=film.token,
        side=film.side,
        view=film.view,
        absent=False,
        preview_url=f"{base}preview.jpg",
        columns=image.columns,
        rows=image.rows,
        spacing_mm=image.spacing_mm,
        window_center=image.window_center,
        window_width=image.window_width,
        bands_url=f"{base}{{level}}/{{band}}",
        digests=film.digests,
        joints=image.joints,
    )


def blind_case(piece: Piece, shown: Sequence[DisplayedTimepoint], cells: CellContents) -> BlindedCase:
    """The case of a read, with the panes shown at its reader's step and the number of filled cells."""
    read, step = piece.read, piece.step
    return BlindedCase(
        token=piece.token,
        label=label_of(piece),
        order_note=order_note(read, step),
        user_label=str(read.reader),
        read_only=why_read_only(piece),
        progress=progress_of(piece, cells),
        urls=urls_of(piece.token),
        panes=tuple(
            BlindedPane(
                one.letter,
                one.token,
                tuple(blind_film(piece.token, film) for film in in_reading_order(one)),
                locked=one.step_id != step.pk,
            )
            for one in shown
        ),
    )


def why_read_only(piece: Piece) -> str:
    """Why nothing can be entered; empty if entries are possible."""
    if piece.writable:
        return ""
    status = ReadStatus.SIGNED if piece.step.locked_at is not None else piece.status
    return f"This read is {READ_IS[status]}."


def progress_of(
    piece: Piece, cells: CellContents | None = None, timepoints: list[DisplayedTimepoint] | None = None
) -> dict[str, int]:
    """Server-side counts: the number of cells of the step with a grade or a reason, and the total.

    `cells` includes those of the step, and `timepoints` are its own, if they were already fetched.
    """
    timepoints = list(piece.step.timepoints.all()) if timepoints is None else timepoints
    cells = cells_of(timepoints) if cells is None else cells
    own = {timepoint.pk for timepoint in timepoints}
    return {
        "saved_count": count_filled({place: cell for place, cell in cells.items() if place[0] in own}),
        "expected_count": len(instrument_of(piece.read).items) * len(timepoints),
    }


def in_reading_order(timepoint: DisplayedTimepoint) -> list[DisplayedFilm]:
    """Left hand, right hand, left foot, right foot."""
    return sorted(timepoint.films.all(), key=lambda film: VIEWS.index((film.side, film.view)))


def label_of(piece: Piece) -> str:
    """The name of the entry, the same as in the worklist."""
    return name_of(piece.read, piece.step)


def urls_of(address: str) -> dict[str, str]:
    """The addresses that the screen sends requests to."""
    names = ("screen", "values", "notes", "problem", "take-over", "review", "confirm", "sign")
    urls = {name.replace("-", "_"): reverse(f"reading:{name}", args=[address]) for name in names}
    return urls | {"worklist": reverse("reading:worklist")}


def describe_instrument(instrument: Instrument, terms: Terms) -> dict[str, Any]:
    """The score form, generated from the instrument."""
    wording = instrument.wordings[terms.wording or instrument.default_wording]
    return {
        "key": instrument.key,
        "name": instrument.title,
        "items": [
            {
                "key": item.key,
                "feature": item.feature,
                "side": item.side,
                "region": item.region,
                "joint": item.joint,
                "label": item.label,
                "allowed": list(item.allowed),
            }
            for item in instrument.items
        ],
        "features": [{"key": key, "label": FEATURE_LABELS.get(key, key)} for key in instrument.features],
        "reasons": [{"code": reason.code, "label": reason.label} for reason in instrument.reasons],
        "wording": {feature: sorted(grades.items()) for feature, grades in wording.items()},
    }


def present_values(timepoints: list[DisplayedTimepoint], cells: CellContents) -> dict[str, dict[str, dict[str, Any]]]:
    """The content of each cell that is not empty, by timepoint token and item."""
    tokens = {timepoint.pk: timepoint.token for timepoint in timepoints}
    values: dict[str, dict[str, dict[str, Any]]] = {token: {} for token in tokens.values()}
    for (timepoint, item), cell in cells.items():
        values[tokens[timepoint]][item] = {
            "value": cell.value,
            "reason": cell.reason,
            "revision": cell.revision,
            "flag": False,
            "comment": "",
            "by_system": cell.reason == ABSENT,
        }
    for (timepoint, item), note in notes_of(timepoints).items():
        empty = {"value": None, "reason": "", "revision": 0, "by_system": False}
        values[tokens[timepoint]].setdefault(item, empty).update(flag=note.flag, comment=note.comment)
    return values


def screen_terms(terms: Terms) -> dict[str, Any]:
    """The charter's terms about the screen."""
    return {
        "bulk_zero": terms.bulk_zero,
        "entry_order": terms.entry_order,
        "display_mode": terms.display_mode,
        "presets": list(PRESETS),
    }


def next_case(piece: Piece) -> dict[str, Any] | None:
    """The films that the screen may prefetch: those of the first side of the next entry in the worklist.

    This is the next entry regardless of its case, and never a later step of the same entry, so it reveals neither.
    """
    step = readable(in_turn(piece.read.reader_id)).exclude(pk=piece.step.pk).select_related("read").first()
    if step is None:
        return None
    address = address_of(step.read, step)
    films = DisplayedFilm.objects.filter(timepoint__step=step, view="hand", side="L")
    shown = films.select_related("reader_image").defer("reader_image__bands").order_by("timepoint__position")
    return {
        "url": reverse("reading:screen", args=[address]),
        "films": [vars(blind_film(address, film)) for film in shown],
    }


def terms_for(read: Read) -> Terms:
    """The terms of the charter version pinned by the read's campaign."""
    return terms_of(read.case.campaign.charter)
