"""Open tasks about films and questions of a trial, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from accounts.navigation import TrialRole
from accounts.roles import Action
from accounts.waiting import Waiting, declare_first_page, declare_waiting
from studies.desk import masks
from studies.models import DeviationVersion, Film, FilmStatus, Membership, Question, QuestionStatus, Site, Trial
from studies.plan.confirming import not_for
from studies.plan.first_request import note_first_use
from studies.plan.still_to_come import still_to_come


def own_site(user_id: int, place: TrialRole) -> Site:
    """The site of a person's role at that place."""
    held = Membership.objects.of(user_id, place.code).exclude(site=None).get(role=place.role)
    assert held.site is not None  # noqa: S101  a constraint of the table
    return held.site


def at_the_site(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Questions to the site, and films that await completion by it."""
    site = own_site(user_id, place)
    questions = reverse("studies:site_questions", args=[place.code])
    films = reverse("studies:site_films", args=[place.code])
    asked = Question.objects.filter(site=site)
    overdue = asked.overdue(timezone.localdate()).count()
    held = Film.objects.accessible().filter(site=site, status=FilmStatus.HELD).count()
    yield Waiting("Questions overdue", overdue, f"{questions}?status=open&sort=due", urgent=True)
    yield Waiting("Questions to answer", asked.open().count() - overdue, f"{questions}?status=open")
    yield Waiting("Films to complete", held, f"{films}?status={FilmStatus.HELD}")
    due, page = still_to_come(site.trial, timezone.localdate(), site), reverse("studies:site", args=[place.code])
    yield Waiting("Visits with overdue films", due.overdue, page, urgent=True)
    yield Waiting("Visits with films to send", due.all - due.overdue, page)


def from_sites(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Visits whose films the sites have not sent yet."""
    due = still_to_come(Trial.objects.get(code=place.code), timezone.localdate())
    overdue = f"{reverse('studies:calendar', args=[place.code])}?status=overdue"
    yield Waiting("Visits with overdue films", due.overdue, overdue, urgent=True)
    yield Waiting("Visits with expected films", due.all - due.overdue, reverse("studies:trial", args=[place.code]))


def at_the_desk(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Films to decide on."""
    films = Film.objects.accessible().filter(trial__code=place.code, status=FilmStatus.DEIDENTIFIED).count()
    yield Waiting("Films at the desk", films, reverse("studies:desk", args=[place.code]))


def answered(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Answers to read, and sites that are late."""
    questions = reverse("studies:questions", args=[place.code])
    asked = Question.objects.filter(trial__code=place.code)
    overdue = asked.overdue(timezone.localdate()).count()
    read = asked.filter(status=QuestionStatus.ANSWERED).count()
    yield Waiting("Answers to read", read, f"{questions}?status={QuestionStatus.ANSWERED}")
    yield Waiting("Overdue questions", overdue, f"{questions}?status=open&sort=due", urgent=True)


def open_deviations(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Entries of the deviation log that are not closed."""
    count = DeviationVersion.objects.filter(trial__code=place.code).open().count()
    yield Waiting("Open deviations", count, f"{reverse('studies:deviations', args=[place.code])}?status=open")


def to_confirm(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Masks that need a second person."""
    count = masks.waiting(Trial.objects.get(code=place.code)).exclude(proposed_by=user_id).count()
    yield Waiting("Masks to confirm", count, reverse("studies:masks", args=[place.code]))


def roles_to_decide(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Roles that another coordinator granted."""
    count = Membership.objects.pending().filter(trial__code=place.code).exclude(not_for(user_id)).count()
    yield Waiting("Roles to confirm", count, reverse("studies:roles_to_confirm"))


def note_opened(user_id: int) -> None:
    """Records that the home page counts the open tasks of each role, which is a first request under it."""
    fresh = Membership.objects.current().filter(user_id=user_id, first_used_at=None)
    note_first_use(fresh.select_related("trial", "user"))


declare_first_page(note_opened)
declare_waiting(Action.CONFIRM_MEMBERSHIP, roles_to_decide)
declare_waiting(Action.ANSWER_QUESTIONS, at_the_site)
declare_waiting(Action.CHECK_FILMS, at_the_desk)
declare_waiting(Action.SET_UP_TRIAL, from_sites)
declare_waiting(Action.ASK_QUESTIONS, answered)
declare_waiting(Action.WRITE_DEVIATIONS, open_deviations)
declare_waiting(Action.CONFIRM_MASKS, to_confirm)
