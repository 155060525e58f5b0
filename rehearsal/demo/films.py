"""Draws the films of subjects in processes of their own, and sends them in as a site would."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context

from audit.trail import Actor
from rehearsal.anatomy import Point, Side
from rehearsal.course import Progression, course
from rehearsal.dicom import as_dx
from rehearsal.film import Finish, draw_foot, draw_hand
from rehearsal.texture import stream
from rehearsal.truth import Truth
from studies.intake import open_transmittal, receive
from studies.models import Film, Site, Subject, Trial, Visit

VIEWS: tuple[tuple[Side, str], ...] = (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot"))
WEEKS = (0.0, 24.0, 52.0)
BEFORE_THE_TRIAL = date(2025, 1, 6)
SLOW = Progression(mean=0.9, progressing=0.5)
FAST = Progression(mean=12.0, progressing=1.0, unevenness=0.2)


@dataclass(frozen=True)
class Order:
    """One film to be drawn."""

    subject_code: str
    subject_seed: int
    visit_code: str
    visit_seed: int
    day: date
    side: Side
    view: str
    truth: Truth
    burned_in: str = ""


@dataclass(frozen=True)
class Drawn:
    """A film as a file, and where its joints are."""

    order: Order
    content: bytes
    sites: dict[str, Point]


def seed_of(subject: Subject) -> int:
    """The same subject, the same bones."""
    return int(stream("demo subject", subject.code).integers(1, 2**31))


def truths_of(subject: Subject, *, fast: bool = False) -> tuple[Truth, ...]:
    """What is true of the subject at the three planned visits."""
    return course(seed_of(subject), WEEKS, progression=FAST if fast else SLOW)


def orders_for(subject: Subject, visits: Iterable[Visit], *, fast: bool = False) -> Iterator[Order]:
    """The four films of each planned visit, taken within a few days of the target."""
    seed, truths = seed_of(subject), truths_of(subject, fast=fast)
    start = BEFORE_THE_TRIAL + timedelta(days=seed % 90)
    for place, visit in enumerate(sorted(visits, key=lambda visit: visit.code)):
        day = start + timedelta(days=int(WEEKS[place] * 7) + (seed >> place) % 9)
        yield from orders_at(subject, visit, day, truths[place])


def orders_at(subject: Subject, visit: Visit, day: date, truth: Truth, burned_in: str = "") -> Iterator[Order]:
    """The four films of one visit."""
    for side, view in VIEWS:
        visit_seed = int(stream("demo visit", subject.code, visit.code, side, view).integers(1, 2**31))
        yield Order(subject.code, seed_of(subject), visit.code, visit_seed, day, side, view, truth, burned_in)


def draw(order: Order) -> Drawn:
    """Draws one film and writes it as a DICOM file."""
    paint = draw_hand if order.view == "hand" else draw_foot
    damage = order.truth.damage(order.side, order.view)
    film = paint(order.side, damage, order.subject_seed, order.visit_seed, finish=Finish(burned_in=order.burned_in))
    content = as_dx(
        film,
        patient_id=order.subject_code,
        patient_name=f"ZZ^CANARY {order.subject_code}",
        study_date=order.day,
        side=order.side,
        view="PA" if order.view == "hand" else "AP",
        body_part="HAND" if order.view == "hand" else "FOOT",
    )
    return Drawn(order, content, film.sites)


def draw_all(orders: Iterable[Order], processes: int) -> Iterator[Drawn]:
    """Draws films beside each other; a process keeps its textures from film to film."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(draw, orders)


def send(drawn: Drawn, trial: Trial, site: Site, actor: Actor) -> Film:
    """Sends one film in for its subject and visit, with the date the site types; the same film again is found."""
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
        raise RuntimeError(f"the intake refused a demo film: {receipt.reason}")
    return receipt.film
