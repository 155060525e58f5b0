"""A film on its way is in no file that anybody can open, and what a killed process left behind is cleared."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadhandler import load_handler
from django.http.multipartparser import MultiPartParser
from django.test import Client, RequestFactory
from django.utils import timezone

from imaging.decoder import client
from jobs.work_folders import clear_left_behind, work_folder
from studies.arrival import leftovers
from studies.arrival.quarantine import copy_original, keep_original
from studies.arrival.senders import issue_token
from studies.models import Film
from tests.servers import StartWorker, kill_group
from tests.studies.dicomweb.test_stow import EDGE, body_of, film
from tests.studies.films import dx, file_of, picture
from tests.studies.planned import SETTING_UP, Planned, film_of, plan
from tests.studies.sending import arrived, send
from tests.waiting import wait_for

NAME = b"MUSTERMANN^ERIKA"
CONTENT = file_of(dx(PatientName=NAME.decode()))
# A server whose decoder reads the film, begins to write and goes no further; all the rest is the real one.
STANDING_STILL = """
import time
from pathlib import Path
from imaging.decoder import operations
from imaging.decoder import server
def stand_still(*, input, output_dir, **_):
    assert b"MUSTERMANN" in Path(input).read_bytes()
    (Path(output_dir) / "blind.dcm").write_bytes(b"half")
    time.sleep(600)
operations.OPERATIONS.update(deidentify=stand_still)
server.main()
"""


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder for temporary files of the processes that will be killed."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def decoder(tmp_path: Path, temporary: Path) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-c", STANDING_STILL, "--socket", str(tmp_path / "socket"), "--processes", "1"]
    environment = {**client.clean_environment(), "TMPDIR": str(temporary)}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment, cwd=client.ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.kill()
    process.wait(10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("killed", ["worker", "decoder", "both"])
def test_killing_worker_and_decoder_over_a_film_leaves_no_name_in_any_file(
    killed: str,
    decoder: subprocess.Popen[bytes],
    start_worker: StartWorker,
    tmp_path: Path,
    temporary: Path,
    settings: Any,
) -> None:
    planned = plan("RA-1")
    worker = start_worker("filesystem://", DECODER_SOCKET=str(tmp_path / "socket"), TMPDIR=str(temporary))
    send(planned, CONTENT, visit=planned.visit())
    wait_for(lambda: list(settings.WORK_FOLDER.glob("*/blind.dcm")), "the decoder is in the middle of the film")
    if killed != "decoder":
        kill_group(worker)
    if killed != "worker":
        decoder.kill()
    for folder in (settings.VAR, tmp_path):
        assert not naming(NAME, Path(folder))


def naming(name: bytes, folder: Path) -> list[Path]:
    """The files below the folder that hold the name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if name in path.read_bytes()]


class SlowBody(io.BytesIO):
    """A body that is slow enough for somebody to look into a folder whenever the next bytes are asked for."""

    def __init__(self, content: bytes, folder: Path) -> None:
        super().__init__(content)
        self.folder, self.seen = folder, set[Path]()

    def read(self, size: int | None = -1, /) -> bytes:
        self.seen |= set(naming(NAME, self.folder))
        return super().read(size)


def test_an_upload_too_large_for_memory_is_in_no_file_that_can_be_opened(temporary: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(temporary)
    large = CONTENT + bytes(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
    request = RequestFactory().post("/", {"films": io.BytesIO(large)})
    body = SlowBody(request.body, temporary)
    handlers = [load_handler(name, request) for name in settings.FILE_UPLOAD_HANDLERS]
    _, files = MultiPartParser(request.META, body, handlers).parse()
    sent: Any = files["films"]
    assert sent.read() == large
    assert not body.seen | set(naming(NAME, temporary))


def test_an_object_sent_over_the_web_is_in_no_file_that_can_be_opened(
    ra1: Planned, stores: Path, tmp_path: Path
) -> None:
    token = issue_token(trial=ra1.trial, site=ra1.sites[0], label="PACS of 01", actor=SETTING_UP)[1]
    large = film(1, PatientName=NAME.decode(), pixels=picture(900, 900))
    body = SlowBody(body_of(large, film(2)), tmp_path)
    stream: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": str(len(body.getvalue()))}
    answer = Client().post(
        "/dicomweb/studies",
        content_type=f'multipart/related; type="application/dicom"; boundary={EDGE}',
        headers={"authorization": f"Bearer {token}"},
        **stream,
    )
    assert answer.status_code == 200
    assert Film.objects.count() == 2
    assert not body.seen


def test_the_folder_of_a_killed_process_is_cleared_and_one_in_use_stays(settings: Any) -> None:
    left = settings.WORK_FOLDER / "work-left"
    left.mkdir(parents=True)
    (left / "blind.dcm").write_bytes(b"half")
    with work_folder() as used:
        os.utime(used, (0, 0))
        clear_left_behind()
        assert left.exists(), "a folder of this moment may not have its lock yet"
        os.utime(left, (0, 0))
        clear_left_behind()
        assert used.exists()
    assert not left.exists()


STORED = [("quarantine", "originals/{}"), ("reading", "blind/{}.dcm"), ("reading", "desk/{}/full/0")]


def test_stored_files_without_a_row_are_cleared_after_a_week(
    ra1: Planned, stores: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = arrived(ra1, CONTENT, visit=ra1.visit())
    before = {path for path in stores.rglob("*") if path.is_file()}
    for store, name in [*STORED, ("reading", "images/{}/small/0")]:
        storages[store].save(name.format("left"), io.BytesIO(b"half"))
        storages[store].save(name.format(".half.part"), io.BytesIO(b"half"))
    leftovers.clear()
    assert len([path for path in stores.rglob("*") if path.is_file()]) == len(before) + 8
    monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(days=8))
    leftovers.clear()
    assert {path for path in stores.rglob("*") if path.is_file()} == before
    assert not (stores / "reading" / "desk" / "left").exists()
    out = io.BytesIO()
    copy_original(kept.original_file, out)
    assert out.getvalue() == CONTENT


def test_a_database_that_does_not_know_its_store_deletes_nothing(
    ra1: Planned, stores: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_of(ra1.visit(), original_file=keep_original(iter([b"known"])))
    names = [keep_original(iter([b"of another database"])) for _ in range(20)]
    monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(days=8))
    with pytest.raises(leftovers.TooMany, match="20 of 21 under originals"):
        leftovers.clear()
    assert all(storages["quarantine"].exists(name) for name in names)
