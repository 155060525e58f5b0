"""The product as it runs in earnest: gunicorn, a Celery worker and decoders on the tests' database and Redis."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ROOT, environment_of_a_part, kill_group, publishing_to
from tests.waiting import wait_for


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    """Whether the sign-in page is there."""
    try:
        with urllib.request.urlopen(f"{address}/sign-in/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def commands(port: int, sock: Path) -> list[list[str]]:
    """The parts of the product: decoders, web server, worker."""
    python = sys.executable
    web = [python, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    worker = [python, "-m", "celery", "-A", "config.celery", "worker", "--concurrency", "1"]
    return [
        [python, "-m", "imaging.decoder.server", "--socket", str(sock), "--processes", "2"],
        [*web, "--threads", "4"],
        [*worker, "--loglevel", "WARNING"],
    ]


@pytest.fixture
def product(transactional_db: None, redis_url: str, tmp_path: Path) -> Iterator[str]:
    """The address of the running product."""
    port, sock = free_port(), tmp_path / "decoders"
    environment = environment_of_a_part(
        BROKER_URL=redis_url, STATIC_ROOT=str(tmp_path / "static"), DECODER_SOCKET=str(sock), LOG_LEVEL="WARNING"
    )
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    processes = []
    for number, command in enumerate(commands(port, sock)):
        log = (tmp_path / f"part-{number}.log").open("wb")
        processes.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
        )
    address = f"http://127.0.0.1:{port}"
    with publishing_to(redis_url):
        wait_for(lambda: answers(address), "the product answers", seconds=60)
        yield address
    for process in processes:
        kill_group(process)
    for path in sorted(tmp_path.glob("part-*.log")):
        print(path.read_text(errors="replace")[-3000:])
