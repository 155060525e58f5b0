"""Exports the database as one consistent stream and restores it, on either engine.

On PostgreSQL the stream comes from pg_dump and goes to pg_restore: no readable copy of it is written to a disk.
"""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO

from django.db import connection, connections

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
# Blindread's parts of a dump. Extensions, schemas and rights belong to the administrator of the database.
OWN = ("TABLE ", "SEQUENCE ", "FUNCTION ", "TRIGGER ", "INDEX ", "CONSTRAINT ", "FK CONSTRAINT ", "DEFAULT public")
Fill = Callable[[IO[bytes]], None]


class CopyFailed(Exception):
    """The database's own tool failed; the text is its message."""


@contextmanager
def reading_out() -> Iterator[IO[bytes]]:
    """A snapshot of the database while Blindread keeps running; CopyFailed at the end if it is not whole."""
    if connection.vendor == "sqlite":
        yield io.BytesIO(sqlite_snapshot())
        return
    with TemporaryFile() as said:
        command = [found("pg_dump"), "--format=custom", "--no-owner", database_name()]
        with subprocess.Popen(command, env=login(), stdout=subprocess.PIPE, stderr=said) as tool:  # noqa: S603
            assert tool.stdout is not None  # noqa: S101  it is a pipe
            yield tool.stdout
        demand_success("pg_dump", tool.returncode, said)


def sqlite_snapshot() -> bytes:
    """The database file as it is now, in memory."""
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(":memory:")) as copy,
    ):
        source.backup(copy)
        return copy.serialize()


def server_version() -> str:
    """The version of the database server: a backup is not restored on an older one."""
    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return str(cursor.fetchone()[0])


def copy_in(fill: Fill) -> None:
    """Replaces the database with the copy that `fill` writes. Nothing else may be using the database."""
    connections.close_all()
    if connection.vendor == "sqlite":
        replace_sqlite(fill, Path(connection.settings_dict["NAME"]))
    else:
        replace_postgresql(fill)


def replace_sqlite(fill: Fill, target: Path) -> None:
    """Replaces the file in one step, after removing the side files of the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.restored")
    with temporary.open("wb") as file:
        fill(file)
        file.flush()
        os.fsync(file.fileno())
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    temporary.replace(target)


def replace_postgresql(fill: Fill) -> None:
    """Restores Blindread's parts, and nothing else, in one transaction."""
    with NamedTemporaryFile("w", suffix=".list", encoding="utf-8") as chosen:
        chosen.write("\n".join(own_entries(run_restore(["--list"], fill).splitlines())))
        chosen.flush()
        options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        run_restore([*options, f"--use-list={chosen.name}", f"--dbname={database_name()}"], fill)


def own_entries(listed: list[str]) -> list[str]:
    """The entries of a dump's list that are restored; data only of tables that are themselves listed.

    >>> own_entries(["; header", "7; 1259 9 TABLE public jobs_job owner", "8; 3079 2 EXTENSION - hstore "])
    ['7; 1259 9 TABLE public jobs_job owner']
    """
    own = [(line, kind_of(line)) for line in listed if not line.startswith(";") and kind_of(line).startswith(OWN)]
    tables = {kind.split()[2] for _, kind in own if kind.startswith("TABLE public ")}
    return [line for line, kind in own if not kind.startswith("TABLE DATA ") or kind.split()[3] in tables]


def kind_of(line: str) -> str:
    """The type of an entry: the words after its three numbers, up to the schema."""
    return line.split(" ", 3)[-1] if line.count(" ") >= 3 else ""


def run_restore(options: list[str], fill: Fill) -> str:
    """Runs pg_restore on the stream that `fill` writes; returns what it printed."""
    with TemporaryFile() as said, TemporaryFile() as printed:
        command = [found("pg_restore"), *options]
        tool = subprocess.Popen(command, env=login(), stdin=subprocess.PIPE, stdout=printed, stderr=said)  # noqa: S603
        assert tool.stdin is not None  # noqa: S101  it is a pipe
        try:
            fill(Willing(tool.stdin))  # type: ignore[arg-type]  # only write and flush are called
        except BaseException:
            tool.kill()
            raise
        finally:
            with suppress(BrokenPipeError):
                tool.stdin.close()
            tool.wait()
        demand_success("pg_restore", tool.returncode, said)
        printed.seek(0)
        return printed.read().decode()


class Willing:
    """Accepts all input: a tool that has read enough, or has failed, closes the pipe, and its exit status counts."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.pipe = pipe

    def write(self, content: bytes) -> int:
        """Passes the content on while the tool still reads."""
        with suppress(BrokenPipeError):
            self.pipe.write(content)
        return len(content)

    def flush(self) -> None:
        """Flushes the buffer."""
        with suppress(BrokenPipeError):
            self.pipe.flush()


def demand_success(tool: str, code: int, said: IO[bytes]) -> None:
    """CopyFailed, with the end of the tool's output, unless the tool succeeded."""
    if code:
        said.seek(0)
        raise CopyFailed(f"The program {tool} failed: {said.read().decode(errors='replace').strip()[-500:]}")


def database_name() -> str:
    """The name of the PostgreSQL database."""
    return str(connection.settings_dict["NAME"])


def found(tool: str) -> str:
    """One of PostgreSQL's tools."""
    command = shutil.which(tool)
    if command is None:
        raise CopyFailed(f"The program {tool} is not installed. It comes with PostgreSQL's client programs.")
    return command


def login() -> dict[str, str]:
    """The environment in which PostgreSQL's tools reach the database."""
    details = connection.settings_dict
    given = {"PGHOST": details["HOST"], "PGPORT": details["PORT"], "PGUSER": details["USER"]}
    given["PGPASSWORD"] = details["PASSWORD"]
    return os.environ | {name: str(value) for name, value in given.items() if value}
