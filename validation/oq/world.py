"""The small trial of the checks: built once with the rehearsal's functions, and used over HTTP."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.people import accept_invitation, invite
from reading.models import Read, ReadStatus
from rehearsal.demo.people import DOMAIN, PASSWORD, SYSTEM
from rehearsal.trial.design_file import find_design
from rehearsal.trial.run import RehearsalPlan
from rehearsal.whole import closing, stages
from rehearsal.whole.planning import CODE, Play, prepare
from validation.checks import Deviation, Say
from validation.pq import DESIGN, without_error

SUBJECTS, SEED = 2, 1
OTHERS_PASSWORD = secrets.token_hex(16)
TRIAL, CAMPAIGN = CODE, stages.CAMPAIGN


class Logged(logging.Handler):
    """Collects every line that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Adds the line."""
        self.lines.append(record.getMessage())


@dataclass
class CheckedTrial:
    """The trial, the browsers of its people, and everything that was logged and requested."""

    play: Play
    folder: Path
    logged: Logged
    clients: dict[str, Client] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)

    @property
    def read(self) -> Read:
        """The read of the first reader that the checks fill over HTTP."""
        return Read.objects.select_related("case__campaign__trial", "reader").get(pk=self.first_read)

    first_read: int = 0

    def user(self, name: str) -> User:
        """An account by the first part of its address, as it is now."""
        return User.objects.get(email=f"{name}{DOMAIN}")

    def client(self, name: str) -> Client:
        """The browser of a person, who signs in with the password as usual; "" is not signed in."""
        if name not in self.clients:
            client = self.clients[name] = Client(raise_request_exception=False)
            if name:
                sign_in(client, f"{name}{DOMAIN}")
        return self.clients[name]

    def get(self, name: str, address: str) -> Any:
        """A page as sent to a person."""
        self.addresses.append(address)
        return self.client(name).get(address)

    def post(self, name: str, address: str, /, **fields: Any) -> Any:
        """A form as sent by a person."""
        self.addresses.append(address)
        return self.client(name).post(address, fields)


def sign_in(client: Client, email: str, password: str = PASSWORD) -> None:
    """Signs in on the sign-in page; Deviation if that fails."""
    answer = client.post("/sign-in/", {"email": email, "password": password})
    if answer.status_code != 302:
        raise Deviation(f"{email} could not sign in: {answer.status_code}")


def listen() -> Logged:
    """A collector of every line at the log level of a live installation; the terminal shows only warnings."""
    root, logged = logging.getLogger(), Logged()
    for handler in root.handlers:
        handler.setLevel(logging.WARNING)
    root.addHandler(logged)
    root.setLevel(logging.INFO)
    return logged


def build_world(folder: Path, say: Say) -> CheckedTrial:
    """Films received and accepted, the campaign open, and the first batch of reads issued."""
    logged = listen()
    design = without_error(find_design(DESIGN))
    design = replace(design, charter=replace(design.charter, repeats=0.0))
    play = prepare(RehearsalPlan(design, SUBJECTS, SEED, 1), say)
    world = CheckedTrial(play, folder, logged)
    other = invite(email=f"other{DOMAIN}", actor=SYSTEM, by_mail=False)
    accept_invitation(user=other, name="Another Person", password=OTHERS_PASSWORD)
    run_steps(
        say,
        {
            "films": lambda: stages.send_films(play),
            "de-identification": lambda: stages.settle(play),
            "desk": lambda: stages.pass_the_desk(play),
            "reader images": lambda: stages.settle(play),
            "campaign": lambda: stages.open_it(play),
            "reads": lambda: stages.issue_next(play),
        },
    )
    own = Read.objects.filter(reader=world.user("reader.one"), status=ReadStatus.ISSUED).order_by("pk")
    world.first_read = own.values_list("pk", flat=True)[0]
    return world


def lock_world(world: CheckedTrial, say: Say) -> None:
    """All other reads are done, the campaign is closed, the dataset is built and locked."""
    run_steps(
        say,
        {
            "reading": lambda: stages.read_everything(world.play),
            "closing": lambda: closing.close(world.play),
            "dataset": lambda: closing.build(world.play),
            "lock": lambda: closing.lock(world.play),
        },
    )


def run_steps(say: Say, steps: Mapping[str, Callable[[], object]]) -> None:
    """Runs the steps in order and reports each."""
    for name, step in steps.items():
        say(f"preparing the trial: {name}")
        step()
