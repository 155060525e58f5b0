"""The films of a case as frozen at a campaign's opening: one timepoint per visit, in true order, four views each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from studies.models import Film, Rendition, Subject, Trial
from studies.sealed_links import image_key

VIEWS = (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot"))


@dataclass(frozen=True)
class Timepoint:
    """One visit of a case: its id, the day of its first film, and the reader image key of each view that exists."""

    visit: int
    day: str
    images: dict[str, str]

    def image(self, side: str, view: str) -> str | None:
        """The reader image key of a view; None if there is no film."""
        return self.images.get(f"{view}-{side}")


@dataclass(frozen=True)
class FrozenCase:
    """The subject of a case, and its timepoints in true order."""

    subject: int
    timepoints: tuple[Timepoint, ...]

    def as_json(self) -> dict[str, Any]:
        """The form stored in the sealed table."""
        return asdict(self)

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> FrozenCase:
        """Reads the form stored in the sealed table."""
        return cls(payload["subject"], tuple(Timepoint(**timepoint) for timepoint in payload["timepoints"]))


def freeze(trial: Trial, *, subjects: list[Subject], visits: list[str], cut_off: datetime) -> list[FrozenCase]:
    """Every subject's ready, designated films of the named visits that had arrived by the cut-off."""
    grouped: dict[int, dict[int, list[tuple[date, str, str]]]] = defaultdict(lambda: defaultdict(list))
    renditions = Rendition.objects.filter(
        film__in=Film.objects.ready().filter(
            trial=trial, subject__in=subjects, visit__code__in=visits, received_at__lte=cut_off
        )
    ).select_related("film")
    for one in renditions:
        subject, visit, day = one.film.subject_id, one.film.visit_id, one.film.film_date
        if subject is None or visit is None or day is None:
            continue  # a film becomes ready only with all three
        image = image_key(one.film_id, one.side, one.sealed_image)
        grouped[subject][visit].append((day, f"{one.view}-{one.side}", image))
    return [
        FrozenCase(subject, in_true_order(grouped[subject])) for subject in [s.pk for s in subjects] if grouped[subject]
    ]


def in_true_order(visits: dict[int, list[tuple[date, str, str]]]) -> tuple[Timepoint, ...]:
    """The timepoints by the day of their first film."""
    timepoints = [
        Timepoint(visit, min(day for day, _, _ in films).isoformat(), {view: image for _, view, image in films})
        for visit, films in visits.items()
    ]
    return tuple(sorted(timepoints, key=lambda timepoint: (timepoint.day, timepoint.visit)))
