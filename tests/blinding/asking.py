"""One question to the product and all of its answer: status, headers, cookies, body, and the mails that left."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import mail
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.sign_in import BACKEND

# What differs from one answer to the next without any difference in what is done: lengths of lists, savepoints.
UNEVEN = re.compile(r"(?<=\()(?:%s(?:, )?)+(?=\))|(?<=SAVEPOINT )\S+")


@dataclass(frozen=True)
class WorldRequest:
    """One request; `route` is its name in the URL conf. `sign_in` begins with a fresh browser of the same person,
    after `work` what it caused is carried out."""

    route: str
    path: str
    method: str = "get"
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sign_in: bool = False
    work: bool = False

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True)
class WorldAnswer:
    """Everything that reaches the person who asked."""

    step: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[str, ...]
    body: bytes
    mails: tuple[str, ...] = ()
    work: tuple[str, ...] = ()

    def parts(self) -> dict[str, object]:
        """By name, for a readable difference."""
        return {
            "status": self.status,
            "reason": self.reason,
            "headers": self.headers,
            "cookies": self.cookies,
            "body": self.body,
            "mails": self.mails,
            "work": self.work,
        }


class Work:
    """What the database did for an answer, in order: two answers with the same work take the same time."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Keeps the statement without its values: a list of any length counts as one."""
        self.statements.append(UNEVEN.sub("...", sql))
        return execute(sql, params, many, context)


def browser(user: User | None) -> Client:
    """A browser in which the person has signed in."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


def ask(client: Client, step: WorldRequest) -> WorldAnswer:
    """Asks, and takes the answer whole."""
    given: dict[str, Any] = {"headers": dict(step.headers)}
    if step.data is not None:
        kind = "application/octet-stream" if isinstance(step.data, bytes) else step.headers.get("content-type")
        given |= {"data": step.data, **({"content_type": kind} if kind else {})}
    work = Work()
    with connection.execute_wrapper(work.watch):
        response = getattr(client, step.method)(step.path, **given)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return WorldAnswer(
        step=str(step),
        status=response.status_code,
        reason=response.reason_phrase,
        headers=tuple(sorted((name.lower(), value) for name, value in response.items())),
        cookies=tuple(morsel.OutputString() for _, morsel in sorted(response.cookies.items())),
        body=bytes(body),
        work=tuple(work.statements),
    )


def mails_to(user: User) -> tuple[str, ...]:
    """Every mail sent to the person so far, whole."""
    return tuple(str(message.message()) for message in mail.outbox if user.email in message.recipients())
