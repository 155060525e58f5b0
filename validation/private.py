"""A private installation for OQ and PQ: a database and folders of its own, removed afterwards. Never the live ones."""

from __future__ import annotations

import os
import secrets
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
# What a child needs from the system, and the rules of this installation that it follows. Nothing else is passed on:
# no address, key or folder of the live installation.
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
)


@contextmanager
def private_installation() -> Iterator[dict[str, str]]:
    """The environment of a child process that works in a database and folders of its own."""
    with tempfile.TemporaryDirectory(prefix="blindread-validation-") as name:
        folder = Path(name)
        with private_database(folder) as url:
            yield environment_of(os.environ, folder, url)


def environment_of(given: Mapping[str, str], folder: Path, url: str) -> dict[str, str]:
    """What the child is given."""
    return {name: given[name] for name in PASSED_ON if name in given} | {
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
        with server(details) as link:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def create_database(details: Mapping[str, Any], name: str) -> None:
    """Makes it; WrongState when the role of this connection must not."""
    try:
        with server(details) as link:
            link.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.Error as error:
        text = f"A private database could not be made ({type(error).__name__}), and the live one is never used."
        raise WrongState(f"{text} Run the command as a database role that can create databases.") from None


def server(details: Mapping[str, Any]) -> psycopg.Connection[Any]:
    """A connection of its own, in which a database can be made and dropped."""
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
