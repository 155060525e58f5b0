"""Differences between the sponsor's list and what Blindread holds, row by row. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from config.wording import both, counted
from scoring.edc.files import FILM, RESCUE, Row
from scoring.edc.held import Held, HeldVisit
from scoring.models.edc import DifferenceKind

NOT_LISTED = "not listed"
EdcDifference = dict[str, Any]


def differences_of(rows: Sequence[Row], held: Held) -> list[EdcDifference]:
    """Every difference, those of the list in its order first."""
    found = [difference for row in rows for difference in of_row(row, held)]
    found += of_unlisted_films(rows, held)
    if RESCUE in rows[0]:
        found += of_rescue(rows, held)
    return found


def difference(kind: DifferenceKind, row: Row, listed: str, says: str) -> EdcDifference:
    """One difference. Its key stays the same while both sides say the same, whichever line of the file it is."""
    place = {"kind": kind.value, "subject": row["subject"], "visit": row.get("visit", "")}
    said = {**place, "listed": listed, "held": says}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return {**said, "line": row.get("line", 0), "key": hashlib.sha256(text.encode()).hexdigest()[:32]}


def of_row(row: Row, held: Held) -> Iterator[EdcDifference]:
    """What differs between one line and its visit."""
    listed = row.get("date") or "no date"
    if row["subject"] not in held.sites:
        yield difference(DifferenceKind.SUBJECT_UNKNOWN, row, listed, "no such subject")
        return
    visit = held.visits.get((row["subject"], row["visit"]))
    if visit is None:
        yield difference(DifferenceKind.VISIT_MISSING, row, listed, "no such visit")
        return
    dates = [day.isoformat() for day in visit.dates]
    if row.get("date") and dates and dates != [row["date"]]:
        yield difference(DifferenceKind.DATE, row, row["date"], both(dates))
    stated = row.get(FILM)
    taken = stated or ("yes" if row.get("date") else "no")
    if taken == "yes" and not visit.films:
        yield difference(DifferenceKind.FILM_MISSING, row, "film taken" if stated else listed, without_films(visit))
    if taken == "no" and visit.films:
        text = "no film taken" if stated else listed
        yield difference(DifferenceKind.FILM_NOT_LISTED, row, text, films_in_words(visit))


def without_films(visit: HeldVisit) -> str:
    """What Blindread holds of a visit without films."""
    return f"not done: {visit.not_done}" if visit.not_done else "no film"


def films_in_words(visit: HeldVisit) -> str:
    """The films of a visit, with their dates."""
    dates = both(day.isoformat() for day in visit.dates) if visit.dates else "without a date"
    return f"{counted(visit.films, 'film')}, {dates}"


def of_unlisted_films(rows: Sequence[Row], held: Held) -> list[EdcDifference]:
    """Visits that have films and are on no line."""
    listed = {(row["subject"], row["visit"]) for row in rows}
    return [
        difference(
            DifferenceKind.FILM_NOT_LISTED, {"subject": subject, "visit": code}, NOT_LISTED, films_in_words(visit)
        )
        for (subject, code), visit in held.visits.items()
        if visit.films and (subject, code) not in listed
    ]


def of_rescue(rows: Sequence[Row], held: Held) -> Iterator[EdcDifference]:
    """Subjects whose rescue date differs from the event lists, or who have only a rescue visit."""
    first = {row["subject"]: row for row in reversed(rows)}
    listed = {row["subject"]: row[RESCUE] for row in rows if row.get(RESCUE)}
    for subject in held.sites:
        row = {"subject": subject, "line": first.get(subject, {}).get("line", 0)}
        day, dates = listed.get(subject, ""), held.rescue_dates.get(subject, set())
        said = day or ("no rescue date" if subject in first else NOT_LISTED)
        if dates - {day} or (day and held.has_events and not dates):
            yield difference(DifferenceKind.EVENT, row, said, both(sorted(dates)) if dates else "no rescue")
        elif not day and (visits := held.rescue_visits.get(subject)):
            yield difference(DifferenceKind.EVENT, row, said, f"rescue visit {both(visits)}")


def with_since(found: Sequence[EdcDifference], number: int, earlier: Sequence[EdcDifference]) -> list[EdcDifference]:
    """Each difference with the number of the list since which it has been found without interruption."""
    known = {one["key"]: one["since"] for one in earlier}
    return [{**one, "since": known.get(one["key"], number)} for one in found]


def rows_changed(earlier: Sequence[Row], later: Sequence[Row], columns: Sequence[str]) -> list[dict[str, str]]:
    """The visits that were added to the list, removed from it, or say something else in these columns."""
    old, new = by_visit(earlier, columns), by_visit(later, columns)
    changed = [place for place in new if old.get(place) != new[place]] + [place for place in old if place not in new]
    return [
        {
            "subject": place[0],
            "visit": place[1],
            "change": "removed" if place not in new else "changed" if place in old else "added",
            "before": old.get(place, ""),
            "after": new.get(place, ""),
        }
        for place in changed
    ]


def by_visit(rows: Sequence[Row], columns: Sequence[str]) -> dict[tuple[str, str], str]:
    """What each line says about its visit, in words."""
    return {
        (row["subject"], row["visit"]): ", ".join(
            f"{name.replace('_', ' ')} {row[name]}" for name in columns if row.get(name)
        )
        for row in rows
    }
