"""Subjects with their visits, films, and films recorded as not available: for one subject, a page, or thousands.

Loaded data are kept in separate attributes of the subject and the visit; the functions below read them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from studies.models import AbsentFilm, ConsentWithdrawal, Film, Site, Subject, Trial, Visit


class FilmRow(NamedTuple):
    """The fields of a film that completeness needs; full records of a trial's films would take six times as long."""

    pk: int
    visit: Visit
    side: str
    view: str
    status: str
    status_reason: str
    film_date: date | None
    designated: bool


OF_FILM = FilmRow._fields[2:]


def subjects_with_visits(trial: Trial, site: Site | None = None) -> QuerySet[Subject]:
    """The subjects of a trial or of one of its sites; `load_visits` loads the visits of many at once."""
    subjects = Subject.objects.filter(trial=trial).select_related("site")
    return subjects if site is None else subjects.filter(site=site)


def load_visits(subjects: Sequence[Subject]) -> None:
    """Loads the visits of any number of subjects in five queries."""
    visits = Visit.objects.filter(subject__in=subjects).prefetch_related("plan")
    of_subject: dict[int, list[Visit]] = defaultdict(list)
    by_pk = {visit.pk: visit for visit in visits}
    for visit in by_pk.values():
        vars(visit).update(films_come=[], films_given_up=[])
        of_subject[visit.subject_id].append(visit)
    for owner, pk, *facts in Film.objects.filter(visit__subject__in=subjects).values_list("visit", "pk", *OF_FILM):
        if owner in by_pk:  # a visit may have been added since
            came(by_pk[owner]).append(FilmRow(pk, by_pk[owner], *facts))
    for absent in AbsentFilm.objects.filter(visit__subject__in=subjects, withdrawn_at=None):
        if absent.visit_id in by_pk:
            given_up(by_pk[absent.visit_id]).append(absent)
    current = ConsentWithdrawal.objects.current().filter(subject__in=subjects)
    withdrawn = dict(current.values_list("subject", "withdrawn_on"))
    for subject in subjects:
        vars(subject).update(visits_known=of_subject[subject.pk], consent_withdrawn_on=withdrawn.get(subject.pk))


def known(subject: Subject) -> list[Visit]:
    """The visits of a subject, loaded now if it is the only one requested."""
    if "visits_known" not in vars(subject):
        load_visits([subject])
    visits: list[Visit] = vars(subject)["visits_known"]
    return visits


def withdrawn_on(subject: Subject) -> date | None:
    """The day on which a subject whose visits are loaded withdrew consent; None while the subject consents."""
    day: date | None = vars(subject)["consent_withdrawn_on"]
    return day


def came(visit: Visit) -> list[FilmRow]:
    """The films of a visit."""
    films: list[FilmRow] = vars(visit)["films_come"]
    return films


def given_up(visit: Visit) -> list[AbsentFilm]:
    """The films recorded as not available."""
    absent: list[AbsentFilm] = vars(visit)["films_given_up"]
    return absent
