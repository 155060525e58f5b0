"""The windows of a dataset's visits, from its manifest: which other film serves a visit whose film an event removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from instruments.intercurrent_events import EventRule, film_of_visit
from scoring.endpoint.by_arm.film_changes import FilmChange
from scoring.endpoint.visits import AnalysisVisits, PlannedVisit


@dataclass(frozen=True)
class VisitWindows:
    """The analysis visits, None where a manifest names none, and the codes of all planned visits."""

    visits: AnalysisVisits | None = None
    planned: frozenset[str] = frozenset()

    def film_for(
        self, visit: str, films: Mapping[str, FilmChange], event_day: int, rule: EventRule
    ) -> FilmChange | None:
        """The film that serves a visit after an event, chosen among all films of a subject as in the product."""
        found = self.planned_visit(visit)
        if found is None:
            return None
        own, others = films.get(visit), self.outside_the_plan(found, films)
        target, window = found.target_day, found.window
        return film_of_visit(own, others, target_day=target, window=window, event_day=event_day, rule=rule)

    def films_of(self, visit: str, films: Mapping[str, FilmChange]) -> list[FilmChange]:
        """The scheduled film of a visit, and those outside the plan that may serve it."""
        found, own = self.planned_visit(visit), films.get(visit)
        others = self.outside_the_plan(found, films) if found else []
        return [*([own] if own else []), *others]

    def planned_visit(self, code: str) -> PlannedVisit | None:
        """The visit after the baseline with this code."""
        return next((one for one in self.visits.later if one.code == code), None) if self.visits else None

    def outside_the_plan(self, visit: PlannedVisit, films: Mapping[str, FilmChange]) -> list[FilmChange]:
        """The films outside the plan that may serve the visit."""
        others = [film for code, film in films.items() if code not in self.planned]
        return [film for film in others if self.visits is not None and self.visits.nearest(film.day) == visit]


def windows_in(facts: Mapping[str, Any]) -> VisitWindows:
    """The windows that a manifest names."""
    given = facts.get("visits", {})
    visits = [as_planned(one) for one in given.get("analysis", [])]
    if not visits:
        return VisitWindows()
    return VisitWindows(AnalysisVisits(visits[0], tuple(visits[1:])), frozenset(given["planned"]))


def as_planned(one: Mapping[str, Any]) -> PlannedVisit:
    """A visit of a manifest."""
    day = one["target_day"]
    return PlannedVisit(one["code"], one["number"], day, day - one["first_day"], one["last_day"] - day)
