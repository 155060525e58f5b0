"""The reading of a world, by the product's own functions: campaign, batches, readers at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from audit.trail import audited_atomic
from instruments.definition import Item
from jobs.carrying import carry_job
from jobs.models import Job
from reading.campaigns.opening import create_campaign, open_campaign
from reading.charter.versions import draft_charter, sign_charter
from reading.issuing import planned_reads
from reading.issuing import reads as issuing
from reading.issuing.allocation import Assignment
from reading.issuing.assignments import ask_for_reads, open_batch
from reading.models import Case, DisplayedFilm, DisplayedTimepoint, Read
from reading.room.steps import open_step
from studies.models import Trial
from tests.blinding.frozen import Frozen
from tests.blinding.secrets_of import SLOTS, SUBJECTS
from tests.blinding.worlds import DUE, INSTRUMENT, PASSWORD, World, content_token
from tests.reading.builders import fill_read, scanned, sign


def build_campaign(world: World, trial: Trial, held: Frozen) -> None:
    """A signed charter and an open campaign over all subjects and visits."""
    coordinator, person = world.actors["coordinator"], world.people["coordinator"]
    held.begin("charter")
    share = 1.0 if world.secrets.control else 0.0
    terms: dict[str, object] = {"instrument": INSTRUMENT, "concordant_share": share, "adjudication_threshold": 4.0}
    terms |= {"presentation": world.secrets.presentation, "arms_may_be_opened": True}
    charter = draft_charter(trial=trial, actor=coordinator, terms=terms)
    charter = sign_charter(charter=charter, actor=coordinator, user=person, password=PASSWORD)
    campaign = create_campaign(trial=trial, actor=coordinator, charter=charter, code="C1", title="First reading")
    held.begin("opening")
    visits = list(trial.visit_plans.values_list("code", flat=True))
    scanned(campaign)
    open_campaign(campaign=campaign, actor=coordinator, subjects=world.subjects, visits=visits)
    campaign.refresh_from_db()
    world.campaign = campaign


def issue(world: World, held: Frozen, who: str) -> list[Read]:
    """Every case to this reader, in a batch of his own; his reads by the numbers of their cases."""
    assert world.campaign is not None
    held.begin(f"batch of {who}{world.secrets.draw}")
    person = world.people[who]
    cases = Case.objects.filter(campaign=world.campaign).order_by("number").values_list("pk", flat=True)
    with audited_atomic():
        batch = open_batch(world.campaign, f"Batch of {who}", None, world.actors["coordinator"])
        type(batch).objects.filter(pk=batch.pk).update(due_on=DUE)
        ask_for_reads(batch, [Assignment(case, person.pk) for case in cases])
    carry_jobs(held)
    return list(Read.objects.filter(reader=person).order_by("case__number"))


def carry_jobs(held: Frozen) -> None:
    """Every due job, each with a chance of its own: the n-th of its kind draws the same in both worlds."""
    while job := Job.objects.claimable(timezone.now()).order_by("pk").first():
        nth = Job.objects.filter(kind=job.kind, pk__lt=job.pk).count()
        now = held.now
        held.begin(f"{held.label.partition(';')[0]}; {nth}. {job.kind}")
        held.now = now
        with chance_of_each_read(held):
            carry_job(job.pk)


@contextmanager
def chance_of_each_read(held: Frozen) -> Iterator[None]:
    """The draws of one read do not depend on how many timepoints another has."""
    original: Any = vars(issuing)["draw_steps"]
    tokens_of: Any = vars(planned_reads)["step_tokens"]

    def drawn(presentation: str, seed: bytes, read_token: str, *rest: Any) -> Any:
        with chance_of(held, read_token):
            return original(presentation, seed, read_token, *rest)

    def tokens(presentation: str, frozen: Any, read_token: str) -> Any:
        with chance_of(held, f"steps {read_token}"):
            return tokens_of(presentation, frozen, read_token)

    with patch.object(issuing, "draw_steps", drawn), patch.object(planned_reads, "step_tokens", tokens):
        yield


@contextmanager
def chance_of(held: Frozen, what: str) -> Iterator[None]:
    """Draws that begin anew for this, and go on afterwards where they were."""
    label, counted = held.label, held.drawn
    held.label, held.drawn = f"{label} {what}", Counter()
    try:
        yield
    finally:
        held.label, held.drawn = label, counted


def content_of(timepoint: DisplayedTimepoint) -> tuple[int, int]:
    """Which subject and slot a timepoint shows, by its pixels."""
    image = DisplayedFilm.objects.filter(timepoint=timepoint, side="L", view="hand").values_list(
        "reader_image", flat=True
    )
    return by_key()[str(image.get())]


@cache
def by_key() -> dict[str, tuple[int, int]]:
    """Subject and slot by the key of the left hand."""
    return {content_token("image", n, s, "hand-L"): (n, s) for n in range(SUBJECTS) for s in range(SLOTS)}


def grade(world: World, who: str, subject: int, slot: int, item: Item) -> int:
    """What a reader gives: by pixels alone; the second disagrees about discordant subjects."""
    base = (subject + slot + world.secrets.tilt) % 3
    disagrees = who == "reader.two" and subject in world.secrets.discordant and slot == 0
    return min(5, base + 2) if disagrees else base


def read_and_sign(world: World, held: Frozen, who: str, read: Read, *, until: str = "signed") -> None:
    """A reader at work on one read: "opened" leaves it filled and unsigned."""
    held.begin(f"{who} reads {read.case.number}")
    while open_step(read):
        fill_read(read, lambda timepoint, item: grade(world, who, *content_of_cached(timepoint), item))
        read.refresh_from_db()
        if until != "signed":
            break
        sign(read, PASSWORD)


def content_of_cached(timepoint: DisplayedTimepoint) -> tuple[int, int]:
    """Once per timepoint object."""
    found: tuple[int, int] | None = getattr(timepoint, "content_shown", None)
    if found is None:
        found = content_of(timepoint)
        timepoint.content_shown = found  # type: ignore[attr-defined]
    return found


def build_reading(world: World, held: Frozen) -> None:
    """The reader has signed one case, filled another and not begun the third; the others as the secrets say."""
    mine = issue(world, held, "reader")
    if world.secrets.others != "none":
        theirs = issue(world, held, "reader.two")
        for read in theirs if world.secrets.others == "signed" else []:
            read_and_sign(world, held, "reader.two", read)
    if world.secrets.begun:
        read_and_sign(world, held, "reader", mine[0])
        read_and_sign(world, held, "reader", mine[1], until="opened")
    held.begin("after reading")
    carry_jobs(held)


def build_adjudicating(world: World, held: Frozen) -> None:
    """Both readers have signed every case; what the charter sends to the adjudicator has been issued."""
    for who in ("reader", "reader.two"):
        for read in issue(world, held, who):
            read_and_sign(world, held, who, read)
    held.begin("after reading")
    carry_jobs(held)
