"""Where a film belongs: what the sender declared, else what the header tells; a film that cannot be placed is held."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from studies.desk.confirmed import is_film_day
from studies.models import Film, Subject, Visit

Finding = dict[str, Any]
# A side as people say it; a view is a word already.
SAID = {"L": "left", "R": "right", "B": "both"}


@dataclass
class Placement:
    """Subject, visit, day, side and view as far as they are known, and what contradicts them."""

    subject: Subject | None
    visit: Visit | None
    film_date: date | None
    film_date_source: str
    side: str
    view: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def missing(self) -> str:
        """The sentence for the site when the film must wait; empty when it may go on."""
        lacks = [
            word
            for word, value in (("subject", self.subject), ("visit", self.visit), ("film date", self.film_date))
            if value is None
        ]
        if not lacks:
            return ""
        return f"The film has no {' and no '.join(lacks)}; please add {'it' if len(lacks) == 1 else 'them'}."


def place(film: Film, facts: dict[str, Any], identity: dict[str, str]) -> Placement:
    """Declared values win; a header that says otherwise becomes a finding for the desk."""
    subject = film.subject or _subject_by_header(film, identity)
    visit = film.visit or (_visit_by_header(subject, identity) if subject else None)
    told = header_date(facts)
    placed = Placement(
        subject=subject,
        visit=visit,
        film_date=film.film_date or told,
        film_date_source=film.film_date_source or ("header" if told else ""),
        side=film.side or str(facts.get("Side", "")),
        view=film.view or str(facts.get("View", "")),
    )
    if film.film_date and told and told != film.film_date:
        text = f"The header says the film was made on {told}, the site says {film.film_date}."
        placed.findings.append({"code": "date-differs", "text": text})
    for word, declared, header in (("side", film.side, facts.get("Side")), ("view", film.view, facts.get("View"))):
        if declared and header and declared != header:
            text = f"The header says {word} {SAID.get(header, header)}, the sender says {SAID.get(declared, declared)}."
            placed.findings.append({"code": f"{word}-differs", "text": text})
    return placed


def header_date(facts: dict[str, Any]) -> date | None:
    """The header's day, unless it lies in the future or before any trial."""
    text = facts.get("FilmDate") or ""
    day = date.fromisoformat(text) if text else None
    return day if day and is_film_day(day) else None


def _subject_by_header(film: Film, identity: dict[str, str]) -> Subject | None:
    """A subject of the same site whose code stands in the header."""
    codes = {word for word in (identity.get("TrialSubject"), identity.get("Patient")) if word}
    found = list(Subject.objects.filter(site=film.site, code__in=codes)[:2])
    return found[0] if len(found) == 1 else None


def _visit_by_header(subject: Subject, identity: dict[str, str]) -> Visit | None:
    """A visit whose code is the header's time point; a day alone never decides it."""
    point = identity.get("TimePoint", "")
    return Visit.objects.filter(subject=subject, code=point).first() if point else None
