"""Films of the demo arrive: drawn, sent by their site, accepted at the desk, made ready. Ready films are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from django.utils import timezone

from rehearsal.demo.desk import pass_film
from rehearsal.demo.drawing_films import DemoFilm, Order, draw_all
from rehearsal.demo.filling import Filling, say_progress, settle
from rehearsal.demo.films import orders_at, orders_for, send, truths_of
from rehearsal.demo.people import SYSTEM
from rehearsal.demo.planning import visit_outside, weeks_of
from rehearsal.whole.films import small_film
from studies.desk import quality
from studies.desk.verdicts import QuestionReason
from studies.models import Film, FilmStatus, Subject

Drawing = Callable[[Iterable[Order], int], Iterator[DemoFilm]]


def draw_small(orders: Iterable[Order], _: int) -> Iterator[DemoFilm]:
    """Small films without damage, which are made at once; simulated readers know the truth without it."""
    for one in orders:
        yield small_film(one.subject_code, one.visit_code, one.day, one.side, one.view)


def film_subjects(
    run: Filling, subjects: Sequence[Subject], doing: str, *, well: bool, draw: Drawing = draw_all
) -> None:
    """Films of every visit to be shown of these subjects."""
    ordered = [list(orders_for(subject)) for subject in subjects]
    wanting = [own for subject, own in zip(subjects, ordered, strict=True) if ready_films(subject) < len(own)]
    orders = [order for own in wanting for order in own]
    sent: list[tuple[Film, DemoFilm]] = []
    for number, drawn in enumerate(draw(orders, run.processes), start=1):
        sent.append((send_in(run, drawn), drawn))
        if number % 4 == 0:
            say_progress(run, f"{doing}: {number} of {len(orders)}", well)
    settle(run)
    for film, drawn in sent:
        pass_film(film, drawn.sites, run.coordinator, run.actor("checker"))
    say_progress(run, f"{doing}: making reader images", well)
    settle(run)


def send_in(run: Filling, drawn: DemoFilm) -> Film:
    """The sender: the subject's own site."""
    site = run.planned.sites[drawn.order.subject_code[:2]]
    return send(drawn, run.planned.trial, site, SYSTEM)


def ready_films(subject: Subject) -> int:
    """The films of visits in the campaign that it may show."""
    return Film.objects.ready().filter(subject=subject, visit__in=weeks_of(subject)).count()


def leave_unfinished_work(run: Filling) -> None:
    """Films of unscheduled visits: one with burned-in text at the desk, one with an open question, and a late one."""
    burned, asked, late = run.planned.subjects[0], run.planned.subjects[1], run.planned.subjects[2]
    at_desk = one_film(run, burned, "U01", burned_in=f"{burned.code} ZZ CANARY 2025-11-03")
    questioned = one_film(run, asked, "U01")
    arrived = one_film(run, late, "U02")
    settle(run)
    at_desk[0].refresh_from_db()
    questioned[0].refresh_from_db()
    if questioned[0].status == FilmStatus.DEIDENTIFIED:
        text = "The marker on this film is hard to see. Is it the left hand? Please confirm."
        reason = next(iter(QuestionReason)).value
        quality.question(film=questioned[0], actor=run.coordinator, reason=reason, text=text)
    pass_film(arrived[0], arrived[1].sites, run.coordinator, run.actor("checker"))
    settle(run)


def one_film(run: Filling, subject: Subject, code: str, burned_in: str = "") -> tuple[Film, DemoFilm]:
    """One film of a visit outside the plan."""
    visit = visit_outside(subject, code)
    day = timezone.localdate() - timedelta(days=3)
    orders: list[Order] = list(orders_at(subject, visit, day, truths_of(subject)[-1], burned_in))
    (drawn,) = draw_all(orders[:1], 1)
    return send_in(run, drawn), drawn
