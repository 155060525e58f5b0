"""Plays one script in each of two worlds and compares the answers byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import zip_longest
from unittest.mock import patch

from django.core import mail
from django.core.files.storage import InMemoryStorage, storages
from django.db import transaction
from django.test import Client, override_settings

from accounts.hidden import EXCEPTIONS
from reading.campaigns.reminders import remind_all
from tests.blinding.addresses import AddressValues, every_step, things_in
from tests.blinding.asking import WorldAnswer, WorldRequest, ask, browser, mails_to
from tests.blinding.building import FAST_HASHER, build
from tests.blinding.frozen import Frozen, frozen
from tests.blinding.reading import carry_jobs
from tests.blinding.scripts_of_others import SCRIPTS, no_steps
from tests.blinding.secrets_of import Secrets
from tests.blinding.worlds import World

# What an answer says that a later step must send back.
RECORDED = {
    "@digest": re.compile(rb'name="values_digest" value="([0-9a-f]{64})"'),
    "@transmittal": re.compile(rb'"transmittal": "([^"]+)"'),
}
# The secrets of the world that stands: what a planted leak about arms would know.
PRESENT: list[Secrets] = []
Choose = Callable[[World, AddressValues], Sequence[WorldRequest]]


@contextmanager
def world_of(secrets: Secrets, *, stage: str, ids_by_content: bool) -> Iterator[tuple[World, Frozen]]:
    """A world that is gone afterwards: its rows, its mails, its clock, what sites sent to it."""
    quarantine = patch.dict(vars(storages)["_storages"], {"quarantine": InMemoryStorage()})
    with override_settings(PASSWORD_HASHERS=[FAST_HASHER]), frozen() as held, quarantine:
        point = transaction.savepoint()
        mail.outbox.clear()
        PRESENT.append(secrets)
        try:
            yield build(secrets, held, stage=stage, ids_by_content=ids_by_content), held
        finally:
            transaction.savepoint_rollback(point)
            mail.outbox.clear()
            PRESENT.pop()


def whole_script(who: str) -> Choose:
    """Every route in every way, and the role's own script."""
    return lambda world, found: [*SCRIPTS.get(who, no_steps)(world, who, found), *every_step(found)]


def play(world: World, held: Frozen, who: str, steps: Sequence[WorldRequest]) -> list[WorldAnswer]:
    """Every answer to the script; a second passes between steps, jobs are carried where one says so and at the end."""
    person = world.people.get(who)
    held.begin("signing in")
    client, recorded, answers = browser(person), dict[str, str](), []
    for number, step in enumerate(steps):
        held.begin(f"step {number}", timedelta(hours=1, seconds=number))
        if step.sign_in:
            client = browser(person)
        answer = ask(client, filled(step, recorded))
        recorded |= {name: found[1].decode() for name, said in RECORDED.items() if (found := said.search(answer.body))}
        answers.append(answer)
        if step.work:
            carry_jobs(held)
    held.begin("afterwards", timedelta(hours=3))
    remind_all()
    carry_jobs(held)
    return [*answers, last_words(person, client)]


def last_words(person: object, client: Client) -> WorldAnswer:
    """The mails the person got, as an answer of their own."""
    from accounts.models import User

    mails = mails_to(person) if isinstance(person, User) else ()
    return WorldAnswer("mails", 0, "", (), (), b"", mails)


def filled(step: WorldRequest, recorded: dict[str, str]) -> WorldRequest:
    """The step with what the answers before it said."""
    data = step.data
    for name, said in recorded.items():
        if isinstance(data, dict):
            data = {key: said if value == name else value for key, value in data.items()}
        elif isinstance(data, str):
            data = data.replace(name, said)
    return replace(step, data=data)


def play_both(
    who: str, first: Secrets, second: Secrets, *, stage: str, choose: Choose, ids_by_content: bool = False
) -> tuple[list[WorldAnswer], list[WorldAnswer]]:
    """The answers of both worlds to the script chosen in the first."""
    with world_of(first, stage=stage, ids_by_content=ids_by_content) as (world, held):
        steps = list(choose(world, things_in(world, who)))
        one = play(world, held, who, steps)
    with world_of(second, stage=stage, ids_by_content=ids_by_content) as (world, held):
        return one, play(world, held, who, steps)


def differences(who: str, one: Sequence[WorldAnswer], two: Sequence[WorldAnswer]) -> list[str]:
    """Where the worlds answer differently, after what is declared for the role and nothing else."""
    found = []
    for first, second in zip(one, two, strict=True):
        for name, part in first.parts().items():
            part, other = allowed(who, first.step, part), allowed(who, first.step, second.parts()[name])
            if part != other:
                found.append(f"{first.step}: {name}: {around(part, other)}")
    return found


# How a declared exception is taken out of an answer before comparing.
HEX = re.compile(rb"\b[0-9a-f]{64}\b|(?<=<code>)[0-9a-f]{12}(?=</code>)")
TAKEN_OUT: dict[str, Callable[[str, bytes], bytes]] = {
    "digests": lambda step, body: HEX.sub(b"(digest)", body),
}


def allowed(who: str, step: str, part: object) -> object:
    """The part of an answer without what is declared for the role."""
    if not isinstance(part, bytes):
        return part
    for exception in EXCEPTIONS:
        if who in exception.roles and exception.key in TAKEN_OUT:
            part = TAKEN_OUT[exception.key](step, part)
    return part


def around(one: object, two: object) -> str:
    """The first place where they part, with a little before and after."""
    if isinstance(one, bytes) and isinstance(two, bytes):
        place = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
        cut = slice(max(0, place - 60), place + 60)
        return f"{one[cut]!r} against {two[cut]!r}"
    if isinstance(one, tuple) and isinstance(two, tuple):
        one, two = next(((a, b) for a, b in zip_longest(one, two) if a != b))
    return f"{one!r:.600} against {two!r:.600}"
