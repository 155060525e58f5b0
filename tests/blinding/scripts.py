"""What the blinded do beyond opening pages: reading, saving, signing, refused posts, reminders by mail."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from reading.models import DisplayedFilm, Read, ReadStep
from reading.room.cells import instrument_of, timepoints_of
from reading.room.steps import address_of
from tests.blinding.addresses import AddressValues
from tests.blinding.asking import WorldRequest
from tests.blinding.worlds import PASSWORD, World

JSON = {"content-type": "application/json", "accept": "application/json"}
CONDITIONS: tuple[dict[str, str], ...] = (
    {"if-none-match": "*"},
    {"if-modified-since": "Mon, 02 Mar 2026 08:00:00 GMT"},
    {"range": "bytes=0-3"},
)


@dataclass(frozen=True)
class ScriptPart:
    """A step of a read under the address at which its reader finds it."""

    read: Read
    step: ReadStep

    @property
    def token(self) -> str:
        """The token of the address."""
        return address_of(self.read, self.step)


def parts_of(world: World, who: str) -> list[ScriptPart]:
    """Every step of every read of the person, in the order in which they come before him."""
    reads = Read.objects.filter(reader=world.people[who]).order_by("batch", "queue_position", "pk")
    return [ScriptPart(read, step) for read in reads for step in read.steps.order_by("position")]


def reader_steps(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """A day in the reading room, with every film of every read of the person."""
    parts = parts_of(world, who)
    steps = [WorldRequest("reading:worklist", "/read/"), WorldRequest("home", "/")]
    for part in parts:
        steps += look_at(part)
    for part in parts:
        steps += [page(part, "screen"), *enter(part), page(part, "review"), *sign_off(part)]
    if parts:
        steps += refused(parts[-1]) + foreign(found)
    return [
        *steps,
        WorldRequest("reading:past", "/read/past/"),
        WorldRequest("reading:guide", "/read/guide/"),
        WorldRequest("reading:worklist", "/read/"),
        WorldRequest("home", "/"),
    ]


def page(part: ScriptPart, name: str, method: str = "get", data: Any = None, **headers: str) -> WorldRequest:
    """A page of one read."""
    return WorldRequest(f"reading:{name}", reverse(f"reading:{name}", args=[part.token]), method, data, headers)


def look_at(part: ScriptPart) -> list[WorldRequest]:
    """The screen, every preview, every band."""
    steps = [page(part, "screen", "post"), page(part, "screen"), page(part, "decline")]
    shown = DisplayedFilm.objects.filter(timepoint__step=part.step).order_by("timepoint__position", "view", "side")
    for film in shown:
        preview = reverse("reading:preview", args=[part.token, film.token])
        steps.append(WorldRequest("reading:preview", preview))
        for level, number in (("small", 0), ("full", 0), ("full", 1), ("full", 9), ("huge", 0)):
            steps.append(
                WorldRequest("reading:band", reverse("reading:band", args=[part.token, film.token, level, number]))
            )
    steps += [WorldRequest("reading:preview", preview, headers=given) for given in CONDITIONS if shown]
    return steps


def operations(part: ScriptPart, values: Callable[[int], int]) -> list[dict[str, Any]]:
    """A value for every item of every timepoint of the step."""
    return [
        {
            "op_id": f"op-{part.token[:8]}-{part.step.position}{timepoint.letter}-{item.key}",
            "timepoint": timepoint.token,
            "item": item.key,
            "value": values(place),
            "reason": "",
            "base_revision": 0,
            "captured_at": "2026-03-02T09:30:00.000Z",
            "seen_at": "2026-03-02T09:29:00.000Z",
            "entry": "key",
            "dwell_ms": 700,
        }
        for place, timepoint in enumerate(timepoints_of(part.step))
        for item in instrument_of(part.read).items
    ]


def post(part: ScriptPart, name: str, body: Any) -> WorldRequest:
    """A JSON body to one address of a read."""
    return WorldRequest(
        f"reading:{name}", reverse(f"reading:{name}", args=[part.token]), "post", json.dumps(body), JSON
    )


def enter(part: ScriptPart) -> list[WorldRequest]:
    """Values and notes, good and bad, in portions the screen would send."""
    given = operations(part, lambda place: place % 3)
    timepoint = given[0]["timepoint"] if given else "none"
    note = {"timepoint": timepoint, "item": given[0]["item"] if given else "", "flag": True, "comment": "see again"}
    return [
        *(post(part, "values", {"ops": given[place : place + 48]}) for place in range(0, len(given), 48)),
        post(part, "values", {"ops": given[:2]}),
        post(part, "values", {"ops": [given[0] | {"op_id": "clash", "value": 5}]} if given else {}),
        post(part, "values", {"ops": [given[0] | {"value": 99, "op_id": "bad"}]} if given else {}),
        post(part, "values", {"ops": [given[0] | {"timepoint": "none", "op_id": "lost"}]} if given else {}),
        post(part, "values", {"nothing": 1}),
        post(part, "notes", note | {"op_id": f"note-{part.token[:8]}-{part.step.position}"}),
        post(part, "notes", note | {"op_id": f"bad-{part.token[:8]}-{part.step.position}", "item": "none"}),
        page(part, "problem", "post", {"kind": "not-readable", "text": "noise"}),
        page(part, "problem", "post", {"kind": "none"}),
        page(part, "take-over", "post"),
    ]


def sign_off(part: ScriptPart) -> list[WorldRequest]:
    """Signing what is not ready, with a wrong digest, and at last as the review shows it."""
    form = {"password": PASSWORD, "meaning": "read", "values_digest": "0" * 64}
    good = form | {"values_digest": "@digest"}
    return [
        page(part, "sign", "post", form),
        page(part, "sign", "post", form | {"meaning": "none"}),
        page(part, "sign", "post", good),
        page(part, "sign", "post", good),
        page(part, "signed"),
        page(part, "screen"),
    ]


def refused(part: ScriptPart) -> list[WorldRequest]:
    """Giving a case back, without and with a reason; the read is gone afterwards."""
    return [
        page(part, "decline", "post", {"reason": " "}),
        page(part, "decline", "post", {"reason": "I know the patient"}),
        page(part, "screen"),
        WorldRequest("reading:display-check", "/read/display/", "post", {"dark": "yes"}),
        WorldRequest(
            "reading:display-check",
            "/read/display/?next=/read/",
            "post",
            {"dark": "yes", "bright": "yes", "room": "yes", "window": "1366x768"},
        ),
    ]


def foreign(found: AddressValues) -> list[WorldRequest]:
    """Reads of others, and films of others in an own address."""
    own, other = found.values["token"][0], found.values["token"][-2]
    film = found.values["film"][-2]
    return [
        WorldRequest("reading:screen", reverse("reading:screen", args=[other])),
        WorldRequest("reading:review", reverse("reading:review", args=[other])),
        WorldRequest("reading:values", reverse("reading:values", args=[other]), "post", json.dumps({"ops": []}), JSON),
        WorldRequest("reading:preview", reverse("reading:preview", args=[own, film])),
        WorldRequest("reading:band", reverse("reading:band", args=[other, film, "full", 0])),
    ]
