"""The progress of a trial, or of one of its sites: the numbers on the first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from studies.models import AbsentFilm, Film, FilmStatus, Question, QuestionStatus, Site, Subject, Trial, Visit
from studies.models.film import FOUND_GOOD
from studies.plan.completeness import visit_states
from studies.plan.consent import withdrawn_subjects
from studies.plan.known_visits import load_visits
from studies.plan.tally import VIEWS, tally_of


@dataclass(frozen=True)
class Standing:
    """Counts of planned and received films, and of open tasks."""

    subjects: int
    subjects_withdrawn: int
    visits: int
    visits_not_done: int
    films_expected: int
    films: dict[str, int]
    questions_open: int
    questions_answered: int
    questions_overdue: int

    def films_in(self, *statuses: FilmStatus) -> int:
        """Films in any of the states."""
        return sum(self.films.get(status, 0) for status in statuses)

    @property
    def films_come(self) -> int:
        """Every film that was filed, whatever its status."""
        return sum(self.films.values())

    @property
    def at_the_desk(self) -> int:
        """Films that await a decision at the desk."""
        return self.films_in(FilmStatus.DEIDENTIFIED)

    @property
    def accepted(self) -> int:
        """Films that were accepted, whether or not their reader image has been made."""
        return self.films_in(*FOUND_GOOD)

    @property
    def held(self) -> int:
        """Films that await completion by the site."""
        return self.films_in(FilmStatus.HELD)

    @property
    def refused_or_rejected(self) -> int:
        """Films that the site has to send again."""
        return self.films_in(FilmStatus.REFUSED, FilmStatus.REJECTED)


def standing(trial: Trial, today: date, site: Site | None = None) -> Standing:
    """The counts of a trial, or of one of its sites, in a fixed number of queries.

    For subjects who withdrew consent, the same films are expected as on the page of completeness.
    """
    own, of_subject, of_visit = Q(trial=trial), Q(subject__trial=trial), Q(visit__subject__trial=trial)
    if site is not None:
        own, of_subject, of_visit = Q(site=site), Q(subject__site=site), Q(visit__subject__site=site)
    not_done = Count("pk", filter=~Q(not_done_reason=""))
    visits = Visit.objects.filter(of_subject).aggregate(all=Count("pk"), not_done=not_done)
    absent = AbsentFilm.objects.filter(of_visit, withdrawn_at=None, visit__not_done_reason="").count()
    questions = Question.objects.filter(own).aggregate(
        open=Count("pk", filter=Q(status=QuestionStatus.OPEN)),
        answered=Count("pk", filter=Q(status=QuestionStatus.ANSWERED)),
        overdue=Count("pk", filter=Q(status=QuestionStatus.OPEN, due_on__lt=today)),
    )
    withdrawn = list(withdrawn_subjects(trial, site))
    return Standing(
        subjects_withdrawn=len(withdrawn),
        subjects=Subject.objects.filter(own).count(),
        visits=visits["all"],
        visits_not_done=visits["not_done"],
        films_expected=VIEWS * (visits["all"] - visits["not_done"]) - absent - not_expected(withdrawn, today),
        films=dict(Film.objects.filter(own).order_by().values_list("status").annotate(Count("pk"))),
        questions_open=questions["open"],
        questions_answered=questions["answered"],
        questions_overdue=questions["overdue"],
    )


def not_expected(withdrawn: list[Subject], today: date) -> int:
    """The films of these subjects that were not due when they withdrew consent."""
    load_visits(withdrawn)
    return tally_of(state for subject in withdrawn for state in visit_states(subject, today)).films_not_expected
