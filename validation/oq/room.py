"""A reader's actions in the reading room, over HTTP."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from reading.campaigns.case_seals import identities
from reading.models import DisplayedFilm, DisplayedTimepoint, ItemScore, SignedValues
from reading.room.cells import instrument_of, timepoints_of
from reading.room.saving import save_values
from reading.views.worklist import CHECKS
from rehearsal.demo.people import PASSWORD
from rehearsal.demo.reads import AT_ONCE, operations_for
from rehearsal.whole import stages
from validation.checks import Deviation
from validation.oq.world import CheckedTrial

READER = "reader.one"
DIGEST = re.compile(r'name="values_digest" value="([0-9a-f]{64})"')
REASONED = {"change_reason": "judged-again", "change_note": "seen again on the film"}


def address(world: CheckedTrial, name: str, *key: Any) -> str:
    """An address of the read."""
    return reverse(f"reading:{name}", args=[world.read.token, *key])


def begin(world: CheckedTrial) -> Any:
    """Confirms the display check and begins the case."""
    screen = address(world, "screen")
    world.post(READER, reverse("reading:display-check"), next=screen, **dict.fromkeys(CHECKS, "yes"))
    return world.post(READER, screen)


def timepoints(world: CheckedTrial) -> list[DisplayedTimepoint]:
    """The timepoints of the case."""
    return timepoints_of(world.read.steps.get())


def look(world: CheckedTrial) -> list[Any]:
    """Fetches every film of the case in full, as the reading screen does."""
    films = DisplayedFilm.objects.filter(timepoint__step__read=world.read, reader_image__isnull=False)
    return [world.get(READER, address(world, "band", film.token, "full", 0)) for film in films]


def operation(world: CheckedTrial, item: int, value: int | None, **more: Any) -> dict[str, Any]:
    """An edit of an item of the first timepoint, as the browser sends it."""
    timepoint = timepoints(world)[0]
    key = instrument_of(world.read).items[item].key
    newest = ItemScore.objects.filter(timepoint=timepoint, item=key).order_by("-revision").first()
    now = timezone.now().isoformat()
    return {
        "op_id": secrets.token_hex(16),
        "timepoint": timepoint.token,
        "item": key,
        "value": value,
        "reason": "",
        "base_revision": newest.revision if newest else 0,
        "captured_at": now,
        "seen_at": now,
        "entry": "key",
        "dwell_ms": 500,
    } | more


def send(world: CheckedTrial, *operations: dict[str, Any]) -> Any:
    """Sends edits."""
    where = address(world, "values")
    return world.client(READER).post(where, {"ops": list(operations)}, content_type="application/json")


def enter(world: CheckedTrial, item: int, value: int | None, **more: Any) -> dict[str, Any]:
    """Enters a value; Deviation if it is not saved."""
    answer = send(world, operation(world, item, value, **more))
    if answer.status_code != 200 or answer.json()["results"][0]["status"] != "saved":
        raise Deviation(f"a value was not saved: {answer.status_code} {answer.content.decode()[:200]}")
    found: dict[str, Any] = answer.json()["results"][0]
    return found


def minutes_ago(minutes: int) -> str:
    """A time as the browser sends it."""
    return (timezone.now() - timedelta(minutes=minutes)).isoformat()


def fill(world: CheckedTrial) -> None:
    """Fills the cells that are still empty."""
    play, read = world.play, world.read
    subjects = {subject.pk: at for at, subject in enumerate(play.subjects)}
    at = subjects[identities([read.case])[read.case_id].subject]
    seen = stages.values_of(play, read, at, READER, stages.visit_columns(play)[at])
    operations = list(operations_for(read, timepoints(world), seen))
    for start in range(0, len(operations), AT_ONCE):
        save_values(read=read, actor=play.actor(READER), operations=operations[start : start + AT_ONCE])


def sign(world: CheckedTrial, password: str = PASSWORD, meaning: str = "read") -> Any:
    """Signs the values that the review shows."""
    found = DIGEST.search(world.get(READER, address(world, "review")).content.decode())
    if found is None:
        raise Deviation("the review offers nothing to sign")
    given = {"values_digest": found[1], "meaning": meaning, "password": password}
    return world.post(READER, address(world, "sign"), **given)


def signed(world: CheckedTrial) -> int:
    """The number of signatures of the read."""
    return SignedValues.objects.filter(step__read=world.read).count()
