"""Real processes for the tests: Redis on a socket, Celery workers on either transport. Each is ended by its pid."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote

import kombu.pools
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from config.celery import app
from tests.nest import ForkedWorker, Nest
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parent.parent


def database_url_of_tests() -> str:
    """The address of the database these tests use, for a process of its own."""
    details = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{details['NAME']}"
    login = ":".join(quote(str(details[part]), safe="") for part in ("USER", "PASSWORD") if details[part])
    if details["HOST"].startswith("/"):
        return f"postgresql://{login}@/{details['NAME']}?host={quote(details['HOST'])}"
    return f"postgresql://{login}@{details['HOST']}:{details['PORT']}/{details['NAME']}"


def environment_of_a_part(**more: str) -> dict[str, str]:
    """What a process of the product needs to work on this test's database and in its folders."""
    folders = {name: str(getattr(settings, name)) for name in ("ANCHOR_FOLDER", "BACKUP_FOLDER", "WORK_FOLDER")}
    return os.environ | {"DATABASE_URL": database_url_of_tests(), "BLINDREAD_VAR": str(settings.VAR)} | folders | more


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of our own on a socket. A machine without Redis fails here: such tests are never skipped."""
    command = shutil.which("redis-server")
    assert command, "redis-server is not installed; bin/test installs it"
    socket = tmp_path_factory.mktemp("redis") / "socket"
    process = subprocess.Popen(
        [command, "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        cwd=socket.parent,
    )
    wait_for(socket.exists, "Redis opens its socket")
    yield f"redis+socket://{socket}"
    process.terminate()
    process.wait()


@pytest.fixture(params=["filesystem", "redis"])
def broker_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both transports, one after the other; this process publishes to the one it names."""
    if request.param == "filesystem":
        yield "filesystem://"
        return
    url: str = request.getfixturevalue("redis_url")
    with publishing_to(url):
        yield url


@contextmanager
def publishing_to(url: str) -> Iterator[None]:
    """Celery's own application in this process publishes to another broker for a while."""
    before = {name: app.conf[name] for name in ("broker_url", "broker_transport_options")}
    app.conf.update(broker_url=url, broker_transport_options={"max_retries": 1, "interval_max": 0.1})
    forget_connections()
    try:
        yield
    finally:
        app.conf.update(before)
        forget_connections()


def forget_connections() -> None:
    """Celery keeps its connections by the address it first had."""
    kombu.pools.reset()
    vars(app).pop("amqp", None)
    vars(app)["_pool"] = None


StartWorker = Callable[..., ForkedWorker]


@pytest.fixture(scope="session")
def nest(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nest]:
    """One for all workers of this process's tests, made for the first that needs one."""
    search_path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    nest = Nest(environment_of_a_part(PYTHONPATH=search_path), tmp_path_factory.mktemp("nest") / "log")
    yield nest
    nest.close()


@pytest.fixture
def start_worker(transactional_db: None, nest: Nest, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts real Celery workers on the test's database; `settings_of` adds to their environment."""
    started: list[ForkedWorker] = []

    def start(broker_url: str, **settings_of: str) -> ForkedWorker:
        arguments = ["-A", "tests.worker", "worker", "--concurrency", "1"]
        worker = ForkedWorker(
            nest,
            [*arguments, "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
            environment_of_a_part(BROKER_URL=broker_url, **settings_of),
            tmp_path / f"worker-{len(started)}.log",
        )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        kill_group(worker)


def kill_group(process: subprocess.Popen[bytes] | ForkedWorker) -> None:
    """kill -9 for the process and its children; nothing is told to them beforehand."""
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        return
    process.wait()


BlankDatabase = Callable[..., str]


@pytest.fixture
def blank_database(tmp_path: Path, django_db_setup: None) -> Iterator[BlankDatabase]:
    """Addresses of empty databases of the same engine, beside the one of the tests: one for each name."""
    made: dict[str, str] = {}

    def make(name: str = "blank") -> str:
        if connection.vendor == "sqlite":
            return f"sqlite://{tmp_path}/{name}.sqlite3"
        if name not in made:
            made[name] = f"{name}_{os.getpid()}_{secrets.token_hex(4)}"
            run_on_server("CREATE DATABASE {}", made[name])
        own = connection.settings_dict["NAME"]
        return database_url_of_tests().replace(f"/{own}?", f"/{made[name]}?", 1)

    yield make
    for database in made.values():
        run_on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)


def run_on_server(statement: LiteralString, database: str) -> None:
    """Beside Django's connection: databases are made outside transactions."""
    details = connection.settings_dict
    with psycopg.connect(
        dbname="postgres",
        host=details["HOST"],
        port=details["PORT"] or None,
        user=details["USER"],
        password=details["PASSWORD"] or None,
        autocommit=True,
    ) as server:
        server.execute(sql.SQL(statement).format(sql.Identifier(database)))
