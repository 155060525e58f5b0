"""Copies the database consistently into one file, and restores it, on either engine."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection, connections

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class CopyFailed(Exception):
    """The database's own tool failed; the text is its message."""


def copy_out(folder: Path) -> Path:
    """Writes a snapshot of the database while Blindread keeps running."""
    path = folder / NAMES[connection.vendor]
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
            closing(sqlite3.connect(path)) as copy,
        ):
            source.backup(copy)
    else:
        run_tool("pg_dump", "--format=custom", "--no-owner", f"--file={path}", database_name())
    return path


def copy_in(folder: Path) -> None:
    """Replaces the database with the copy. Nothing else may be using the database."""
    path = folder / NAMES[connection.vendor]
    if not path.exists():
        raise CopyFailed(f"The folder {folder} holds no {path.name}. It was made with the other database engine.")
    connections.close_all()
    if connection.vendor == "sqlite":
        replace_sqlite(path, Path(connection.settings_dict["NAME"]))
    else:
        options = ["--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction"]
        run_tool("pg_restore", *options, f"--dbname={database_name()}", str(path))


def replace_sqlite(copy: Path, target: Path) -> None:
    """Replaces the file in one step, after removing the side files of the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.restored")
    shutil.copyfile(copy, temporary)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    temporary.replace(target)


def database_name() -> str:
    """The name of the PostgreSQL database."""
    return str(connection.settings_dict["NAME"])


def run_tool(tool: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's tools against the database server."""
    command = shutil.which(tool)
    if command is None:
        raise CopyFailed(f"The program {tool} is not installed. It comes with PostgreSQL's client programs.")
    details = connection.settings_dict
    login = {"PGHOST": details["HOST"], "PGPORT": details["PORT"], "PGUSER": details["USER"]}
    login["PGPASSWORD"] = details["PASSWORD"]
    environment = os.environ | {name: str(value) for name, value in login.items() if value}
    done = subprocess.run(  # noqa: S603  our own command
        [command, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CopyFailed(f"The program {tool} failed: {done.stderr.strip()[-500:]}")
