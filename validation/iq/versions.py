"""Versions of Python, database, broker and packages, and the digests of every installed file."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from django.conf import settings
from django.db import connection
from packaging.markers import Marker
from redis import Redis

from jobs import health
from jobs.database_copy import server_version
from validation.checks import Deviation, NotTried, check, demand

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: *; *(?P<marker>[^\\]+))?", re.MULTILINE)
LEAST_PYTHON, LEAST_POSTGRESQL = (3, 11), 14
PINS = "requirements/base.txt"


def pins(text: str) -> dict[str, str]:
    """The version of each package that this machine needs.

    >>> pins("a==1 \\\\\\n    --hash=sha256:00\\nb==2 ; sys_platform == 'none'\\n")
    {'a': '1'}
    """
    found = PIN.finditer(text)
    return {one["name"]: one["version"] for one in found if not one["marker"] or Marker(one["marker"]).evaluate()}


def pinned() -> dict[str, str]:
    """The pins of this version."""
    return pins((settings.BASE_DIR / PINS).read_text(encoding="utf-8"))


@check("R-50", name="version of Python", does="Asks the interpreter.", expects="Python 3.11 or newer")
def python(_: object) -> str:
    version = sys.version.split()[0]
    return demand([] if sys.version_info >= LEAST_PYTHON else [f"Python {version}"], f"Python {version}")


@check(
    "R-50",
    name="version of the database",
    does="Asks the database server.",
    expects="PostgreSQL 14 or newer; SQLite is for the demo and tests only",
)
def database(_: object) -> str:
    if connection.vendor == "sqlite":
        return demand(["SQLite in production"] if settings.PRODUCTION else [], f"SQLite {server_version()}")
    number = int(server_version()) // 10_000
    return demand([] if number >= LEAST_POSTGRESQL else [f"PostgreSQL {number}"], f"PostgreSQL {server_version()}")


@check(
    "R-46",
    "R-50",
    name="broker",
    does="Connects to the broker.",
    expects="It answers and gives its version; in production it is Redis",
)
def broker(_: object) -> str:
    try:
        kind = health.broker()
    except Exception as error:
        raise Deviation(f"The broker does not answer: {type(error).__name__}") from None
    demand_redis(kind)
    with Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=5) as link:
        return f"Redis {link.info('server')['redis_version']}"


def demand_redis(kind: str) -> None:
    """Deviation in production if the broker is not Redis; otherwise there is no server to test."""
    if kind == "Redis":
        return
    if settings.PRODUCTION:
        raise Deviation(f"no Redis in production: messages are {kind}")
    raise NotTried(f"no server: messages are {kind}")


@check(
    "R-50",
    name="versions of packages",
    does=f"Compares each installed package with {PINS}.",
    expects="Each package in exactly its pinned version",
)
def packages(_: object) -> str:
    wanted = pinned()
    return demand(other_versions(wanted), f"{len(wanted)} packages in their pinned versions")


def other_versions(wanted: dict[str, str]) -> Iterator[str]:
    """Packages that are missing or of another version."""
    for name, version in wanted.items():
        try:
            found = distribution(name).version
        except PackageNotFoundError:
            yield f"{name} is not installed (pinned: {version})"
            continue
        if found != version:
            yield f"{name} is {found} (pinned: {version})"


@check(
    "R-50",
    name="files of packages",
    does="Computes SHA-256 of every file of every pinned package and compares it with the package's own record.",
    expects="No file changed or missing",
)
def package_files(_: object) -> str:
    faults: list[str] = []
    count = 0
    for name in pinned():
        try:
            files, found = changed_files(distribution(name))
        except PackageNotFoundError:  # reported by the check of versions
            continue
        faults, count = faults + found, count + files
    return demand(faults, f"{count:,} files as recorded")


def changed_files(package: Distribution) -> tuple[int, list[str]]:
    """How many files of a package have a digest, and those that differ from it."""
    listed = [file for file in package.files or () if file.hash is not None and file.hash.mode == "sha256"]
    faults = []
    for file in listed:
        path = Path(str(package.locate_file(file)))
        if not path.is_file():
            faults.append(f"{package.name}: {file} is missing")
        elif file.hash is not None and urlsafe_digest(path) != file.hash.value:
            faults.append(f"{package.name}: {file} was changed")
    return len(listed), faults or ([] if listed else [f"{package.name}: no record of its files"])


def urlsafe_digest(path: Path) -> str:
    """SHA-256 of a file as the records of packages write it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
