"""The running product for peers from outside: a database of its own, a receiver and a web server, ended by pid."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.servers import ROOT, database_url_of_tests
from tests.waiting import wait_for


def surroundings(folder: Path) -> dict[str, str]:
    """The database and the keys of these tests, and a folder of its own."""
    shutil.copytree(Path(settings.VAR) / "secrets", folder / "secrets", dirs_exist_ok=True)
    return {**os.environ, "DATABASE_URL": database_url_of_tests(), "BLINDREAD_VAR": str(folder)}


@contextmanager
def command(*words: str, folder: Path, **extra: str) -> Iterator[subprocess.Popen[str]]:
    """A management command on the database of these tests, until it has been left."""
    environment = {**surroundings(folder), **extra}
    process = subprocess.Popen(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def receiver(folder: Path) -> Iterator[int]:
    """A C-STORE receiver; gives its port."""
    with command("dicom_receiver", "--port", "0", folder=folder) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline().split()[-1])


@contextmanager
def web(folder: Path) -> Iterator[str]:
    """The product behind the web server it runs behind in earnest; gives its address."""
    port = free_port()
    environment = surroundings(folder)
    words = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port), "the web server answers", seconds=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def orthanc(folder: Path, **settings: Any) -> Iterator[str]:
    """An Orthanc of our own that knows the product as a DICOMweb server and as a modality; gives its address."""
    program = shutil.which("Orthanc")
    assert program, "Orthanc is not installed; bin/test --full installs it"
    http, dicom = free_port(), free_port()
    plugin = next(Path("/usr").rglob("libOrthancDicomWeb.so*"))
    configuration = {
        "StorageDirectory": str(folder / "orthanc"),
        "IndexDirectory": str(folder / "orthanc"),
        "HttpPort": http,
        "DicomPort": dicom,
        "DicomAet": "PACS01",
        "AuthenticationEnabled": False,
        "Plugins": [str(plugin)],
        **settings,
    }
    (folder / "orthanc.json").write_text(json.dumps(configuration))
    process = subprocess.Popen(
        [program, str(folder / "orthanc.json")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: answers(http), "Orthanc answers", seconds=60)
        yield f"http://127.0.0.1:{http}"
    finally:
        process.terminate()
        process.wait(60)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
