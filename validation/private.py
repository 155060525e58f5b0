"""A private installation for OQ and PQ: its own database and folders, removed afterwards. Never the live ones."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connection
from psycopg import sql

from config.errors import WrongState

PLACE = "BLINDREAD_VALIDATION"
# The system variables that a child needs, the PostgreSQL connection (PGSSL...), and the rules of this installation
# that it follows. Nothing else is passed on: no key or folder of the live installation. On PostgreSQL it gets the
# address of the server and the role that made its database, since it works in a database of the same server.
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "TMPDIR",
    "VIRTUAL_ENV",
    "PYTHONPYCACHEPREFIX",
    "MPLCONFIGDIR",
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "IDLE_MINUTES",
    "SESSION_HOURS",
    "SIGN_IN_FAILURES",
    "SIGN_IN_COOL_OFF_MINUTES",
    "PASSWORD_LENGTH",
)
ALSO_PASSED_ON = "PGSSL"


@contextmanager
def private_installation() -> Iterator[dict[str, str]]:
    """The environment of a child process that works in its own database and folders."""
    with ended_in_order(), tempfile.TemporaryDirectory(prefix="blindread-validation-") as name:
        folder = Path(name)
        with private_database(folder) as url:
            yield environment_of(os.environ, folder, url)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Inside the block, SIGTERM ends this process like an error: everything that was made is removed first."""

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def environment_of(given: Mapping[str, str], folder: Path, url: str) -> dict[str, str]:
    """The child's environment; WrongState if its accounts would violate the password rule."""
    from rehearsal.demo.people import PASSWORD  # it needs the models, and the child imports this module before them

    if int(given.get("PASSWORD_LENGTH") or 0) > len(PASSWORD):
        text = f"PASSWORD_LENGTH is {given['PASSWORD_LENGTH']}, and the passwords in OQ and PQ have {len(PASSWORD)}."
        raise WrongState(f"{text} Run this command with PASSWORD_LENGTH={len(PASSWORD)}.")
    passed_on = {name: value for name, value in given.items() if name in PASSED_ON or name.startswith(ALSO_PASSED_ON)}
    return passed_on | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BLINDREAD_MODE": "test",
        "BLINDREAD_VAR": str(folder / "var"),
        "DATABASE_URL": url,
        "LOG_LEVEL": "WARNING",
        PLACE: str(folder),
    }


@contextmanager
def private_database(folder: Path) -> Iterator[str]:
    """The address of a new database on the same engine: a file, or a database of the same PostgreSQL server."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'validation.sqlite3'}"
        return
    name = f"blindread_validation_{secrets.token_hex(8)}"
    details = connection.settings_dict
    create_database(details, name)
    try:
        yield address_of(details, name)
    finally:
        drop_database(details, name)


def create_database(details: Mapping[str, Any], name: str) -> None:
    """Creates the database; WrongState if the role of this connection may not."""
    try:
        with server(details) as link:
            link.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.Error as error:
        text = f"A private database could not be made ({type(error).__name__}), and the live one is never used."
        raise WrongState(f"{text} Run the command as a database role that can create databases.") from None


def drop_database(details: Mapping[str, Any], name: str) -> None:
    """Drops the database; a failure is a warning that names it, and the results of the checks are kept."""
    try:
        with server(details) as link:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    except psycopg.Error as error:
        text = f"Warning: the private database {name} could not be dropped ({type(error).__name__}). Drop it by hand."
        sys.stderr.write(f"{text}\n")


def server(details: Mapping[str, Any]) -> psycopg.Connection[Any]:
    """A separate connection in which a database can be created and dropped."""
    given = {"host": details["HOST"], "port": details["PORT"], "user": details["USER"], "password": details["PASSWORD"]}
    named = {name: value for name, value in given.items() if value}
    return psycopg.connect(dbname=details["NAME"], autocommit=True, connect_timeout=5, **named)


def address_of(details: Mapping[str, Any], name: str) -> str:
    """The address of another database on the same server."""
    who = quote(details["USER"], safe="") + (f":{quote(details['PASSWORD'], safe='')}" if details["PASSWORD"] else "")
    if details["HOST"].startswith("/"):
        return f"postgresql://{who}@/{name}?host={quote(details['HOST'])}"
    port = f":{details['PORT']}" if details["PORT"] else ""
    return f"postgresql://{who}@{details['HOST']}{port}/{name}"
