"""The films of the demo's subjects, sent as a site would send them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from audit.trail import Actor
from rehearsal.anatomy import Side
from rehearsal.course import Progression, course
from rehearsal.demo.drawing_films import DemoFilm, Order
from rehearsal.demo.planning import FAST_SUBJECTS, ONE_SIDED, weeks_of
from rehearsal.texture import stream
from rehearsal.truth import Truth
from studies.arrival.intake import open_transmittal, receive
from studies.models import Film, Site, Subject, Trial, Visit

VIEWS: tuple[tuple[Side, str], ...] = (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot"))
WEEKS = (0.0, 24.0, 52.0)
BEFORE_THE_TRIAL = date(2025, 1, 6)
SLOW = Progression(mean=0.9, progressing=0.5)
FAST = Progression(mean=12.0, progressing=1.0, unevenness=0.2)


def seed_of(subject: Subject) -> int:
    """The seed of the subject's bones, the same on every film."""
    return int(stream("demo subject", subject.code).integers(1, 2**31))


def first_day(subject: Subject) -> date:
    """The day from which the visits of a subject are counted."""
    return BEFORE_THE_TRIAL + timedelta(days=seed_of(subject) % 90)


def truths_of(subject: Subject, weeks: Sequence[float] = WEEKS) -> tuple[Truth, ...]:
    """The true damage of the subject at these weeks after baseline, by default at the planned visits."""
    return course(seed_of(subject), weeks, progression=FAST if subject.code in FAST_SUBJECTS else SLOW)


def truths_by_visit(subject: Subject) -> dict[Visit, Truth]:
    """The true damage at each visit that a campaign shows, in true order."""
    weeks = weeks_of(subject)
    return dict(zip(weeks, truths_of(subject, list(weeks.values())), strict=True))


def orders_for(subject: Subject) -> Iterator[Order]:
    """The films of each visit that a campaign shows, taken within a few days of the target."""
    seed, weeks = seed_of(subject), weeks_of(subject)
    start = first_day(subject)
    for place, (visit, truth) in enumerate(truths_by_visit(subject).items()):
        day = start + timedelta(days=int(weeks[visit] * 7) + (seed >> place) % 9)
        for order in orders_at(subject, visit, day, truth):
            if (order.subject_code, order.visit_code, order.side) != ONE_SIDED:
                yield order


def orders_at(subject: Subject, visit: Visit, day: date, truth: Truth, burned_in: str = "") -> Iterator[Order]:
    """The four films of one visit."""
    for side, view in VIEWS:
        visit_seed = int(stream("demo visit", subject.code, visit.code, side, view).integers(1, 2**31))
        yield Order(subject.code, seed_of(subject), visit.code, visit_seed, day, side, view, truth, burned_in)


def send(drawn: DemoFilm, trial: Trial, site: Site, actor: Actor) -> Film:
    """Sends one film for its subject and visit, with the date that the site enters; a film sent earlier is reused."""
    visit = Visit.objects.get(subject__trial=trial, subject__code=drawn.order.subject_code, code=drawn.order.visit_code)
    transmittal = open_transmittal(trial=trial, site=site, channel="command", actor=actor)
    receipt = receive(
        transmittal=transmittal,
        name=f"{drawn.order.view}-{drawn.order.side}.dcm",
        file=io.BytesIO(drawn.content),
        actor=actor,
        visit=visit,
        film_date=drawn.order.day,
        side=drawn.order.side,
        view=drawn.order.view,
    )
    if receipt.film is None:
        raise RuntimeError(f"The intake refused a demo film: {receipt.reason}")
    return receipt.film
