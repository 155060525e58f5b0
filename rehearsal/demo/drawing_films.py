"""Draws films as files, in separate processes: imports no Django, so that such a process starts quickly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context

from rehearsal.anatomy import Point, Side
from rehearsal.dicom import Variant, as_dx
from rehearsal.film import Finish, draw_foot, draw_hand
from rehearsal.truth import Truth


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
class DemoFilm:
    """A film as a file, and where its joints are."""

    order: Order
    content: bytes
    sites: dict[str, Point]


def draw(order: Order) -> DemoFilm:
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
        variant=Variant(compressed=True),
    )
    return DemoFilm(order, content, film.sites)


def draw_all(orders: Iterable[Order], processes: int) -> Iterator[DemoFilm]:
    """Draws films in parallel; a process keeps its textures from film to film."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(draw, orders)
