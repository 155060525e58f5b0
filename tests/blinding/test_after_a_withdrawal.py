"""Two worlds in which subjects withdrew consent, one whose case the reader has signed and one that they have not."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from reading.campaigns.case_seals import open_case_seal
from reading.issuing.consent import withdraw_consent
from reading.models import DisplayedFilm, Read
from studies.models import Subject
from tests.blinding.asking import WorldAnswer, WorldRequest
from tests.blinding.finding import play_one
from tests.blinding.frozen import Frozen
from tests.blinding.playing import differences, world_of
from tests.blinding.roles import Blinded
from tests.blinding.scripts import operations, page, parts_of, post
from tests.blinding.secrets_of import FIRST, SECOND, Secrets
from tests.blinding.worlds import PASSWORD, World

pytestmark = pytest.mark.django_db


def gone(world: World) -> list[Read]:
    """The reader's signed read and one that is not."""
    own = Read.objects.filter(reader=world.people["reader"]).select_related("case").order_by("case__number")
    return [own.filter(status="signed").first() or own[0], own.exclude(status="signed")[0]]


def withdraw(world: World, held: Frozen) -> None:
    """The coordinator records it for the subjects of both cases."""
    held.begin("withdrawing")
    for read in gone(world):
        subject = Subject.objects.select_related("trial").get(pk=open_case_seal(read.case).subject)
        withdraw_consent(
            subject=subject,
            withdrawn_on=date(2026, 2, 1),
            statement=f"Films of {subject.code}",
            instruction=f"Site {subject.site.code} keeps them",
            actor=world.actors["coordinator"],
            user=world.people["coordinator"],
            password=PASSWORD,
        )


def script(world: World) -> list[WorldRequest]:
    """What the reader opens and sends of these cases, and every page that listed them."""
    own = gone(world)
    parts = [part for part in parts_of(world, "reader") if part.read in own]
    steps = [WorldRequest("reading:worklist", "/read/"), WorldRequest("home", "/")]
    for part in parts:
        steps += [page(part, "screen"), page(part, "screen", "post"), page(part, "review"), page(part, "signed")]
        steps.append(post(part, "values", {"ops": operations(part, lambda place: 1)[:2]}))
        film = DisplayedFilm.objects.filter(timepoint__step=part.step).exclude(reader_image=None)[0]
        steps.append(WorldRequest("reading:preview", reverse("reading:preview", args=[part.token, film.token])))
    return [*steps, WorldRequest("reading:past", "/read/past/"), WorldRequest("reading:worklist", "/read/")]


def answers(secrets: Secrets, steps: list[WorldRequest]) -> tuple[list[WorldRequest], list[WorldAnswer]]:
    """The answers in one world; the steps are those of the first."""
    with world_of(secrets, stage="reading", ids_by_content=False) as (world, held):
        steps = steps or script(world)
        withdraw(world, held)
        return steps, play_one(world, held, "reader", steps, None)[0]


def test_a_withdrawal_of_consent_tells_readers_nothing() -> None:
    steps, one = answers(FIRST, [])
    _, two = answers(Blinded("reader").second(FIRST, SECOND), steps)
    assert differences("reader", one, two) == []
    assert sum(answer.status == 404 for answer in one) == len(steps) - 4
