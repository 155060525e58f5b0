"""The place of a film: as declared by the sender, otherwise from the header; a film that cannot be placed is held."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from studies.desk.confirmed import is_film_day
from studies.models import Film, Site, Subject, Visit

Finding = dict[str, Any]
# Sides in words; a view already is a word.
SAID = {"L": "left", "R": "right", "B": "both"}


@dataclass
class Placement:
    """Subject, visit, day, side and view, if known, and contradictions to them."""

    subject: Subject | None
    visit: Visit | None
    film_date: date | None
    film_date_source: str
    side: str
    view: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def missing(self) -> str:
        """The sentence for the site if the film is held; empty if it may continue."""
        lacks = [
            word
            for word, value in (("subject", self.subject), ("visit", self.visit), ("film date", self.film_date))
            if value is None
        ]
        if not lacks:
            return ""
        return f"The film has no {' and no '.join(lacks)}. Please add {'it' if len(lacks) == 1 else 'them'}."


def place(film: Film, facts: dict[str, Any], identity: dict[str, str]) -> Placement:
    """Declared values take precedence; a header that contradicts them becomes a finding for the desk."""
    subject = film.subject or subject_by_header(film.site, identity)
    visit = film.visit or (visit_by_header(subject, identity) if subject else None)
    stated = header_date(facts)
    placed = Placement(
        subject=subject,
        visit=visit,
        film_date=film.film_date or stated,
        film_date_source=film.film_date_source or ("header" if stated else ""),
        side=film.side or str(facts.get("Side", "")),
        view=film.view or str(facts.get("View", "")),
    )
    if film.film_date and stated and stated != film.film_date:
        text = f"The film date is {stated} in the header, but the site entered {film.film_date}."
        placed.findings.append({"code": "date-differs", "text": text})
    for word, declared, header in (("side", film.side, facts.get("Side")), ("view", film.view, facts.get("View"))):
        if declared and header and declared != header:
            found, given = SAID.get(header, header), SAID.get(declared, declared)
            text = f"The {word} is {found} in the header, but {given} was declared."
            placed.findings.append({"code": f"{word}-differs", "text": text})
    return placed


def header_date(facts: dict[str, Any]) -> date | None:
    """The date in the header, unless it is in the future or before any trial."""
    text = facts.get("FilmDate") or ""
    day = date.fromisoformat(text) if text else None
    return day if day and is_film_day(day) else None


def subjects_in_header(site: Site, identity: dict[str, str]) -> list[Subject]:
    """The subjects of the site whose codes are in the header: two if it contradicts itself."""
    codes = {word for word in (identity.get("TrialSubject"), identity.get("Patient")) if word}
    return list(Subject.objects.filter(site=site, code__in=codes).order_by("pk"))


def subject_by_header(site: Site, identity: dict[str, str]) -> Subject | None:
    """The one subject of the site whose code is in the header."""
    found = subjects_in_header(site, identity)
    return found[0] if len(found) == 1 else None


def visit_by_header(subject: Subject, identity: dict[str, str]) -> Visit | None:
    """A visit whose code is the timepoint in the header; a date alone never decides it."""
    point = identity.get("TimePoint", "")
    return Visit.objects.filter(subject=subject, code=point).first() if point else None
