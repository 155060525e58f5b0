"""Limited children: a film that takes too much is answered for, the next one is served, and nobody is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imaging.decoder import client
from imaging.decoder.client import DecoderFailed, DecoderGone
from imaging.decoding.unreadable import Unreadable
from tests.imaging.decoding.reading import assert_sentences
from tests.studies.films import dx, file_of, picture
from tests.waiting import wait_for

# A server whose decoders can be made to misbehave; the parent and its limits are the real ones.
HOSTILE = """
import os, sys, time
from imaging.decoder import operations
from imaging.decoder import server
def spin(**_):
    while True: pass
def sleep(**_): time.sleep(60)
def eat(**_): return {"kept": len(bytearray(1 << 33))}
def write(*, output_dir, **_):
    with open(output_dir + "/big", "wb") as file:
        file.truncate(0)
        for _ in range(64): file.write(bytes(1 << 20))
    return {}
def die(**_): os.abort()
def talk(**_):
    print("SECRETNAME"); print("SECRETNAME", file=sys.stderr); os.write(2, b"SECRETNAME"); return {}
def who(**_): return {"environment": sorted(os.environ)}
operations.OPERATIONS.update(spin=spin, sleep=sleep, eat=eat, write=write, die=die, talk=talk, who=who)
server.main()
"""


@pytest.fixture
def hostile(tmp_path: Path, settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    settings.DECODER_SOCKET = str(tmp_path / "socket")
    limits = {"cpu_seconds": 1, "wall_seconds": 10, "output": 8 * 1024 * 1024}
    words = [*("--socket", settings.DECODER_SOCKET), *("--processes", "2"), *("--limits", json.dumps(limits))]
    environment = client.clean_environment()
    process = subprocess.Popen(
        [sys.executable, "-c", HOSTILE, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=client.ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.terminate()
    process.wait(10)


@pytest.mark.parametrize(
    ("misdeed", "words"),
    [
        ("spin", "more than 1 seconds of processor time"),
        ("sleep", "longer than 10 seconds"),
        ("eat", "more memory than is allowed for a film"),
        ("die", "crashed"),
    ],
)
def test_a_film_that_takes_too_much_is_refused_with_its_reason(
    misdeed: str, words: str, hostile: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    with pytest.raises(Unreadable) as refusal:
        client.run(misdeed)
    assert refusal.value.reason_code == "decoder-killed"
    assert words in refusal.value.text
    assert_sentences(refusal.value.text)
    (tmp_path / "next").write_bytes(file_of(dx()))
    assert client.run("inspect", input=str(tmp_path / "next"))["facts"]["Rows"] == picture().shape[0]


def test_a_film_that_would_fill_the_disk_is_stopped(hostile: subprocess.Popen[bytes], tmp_path: Path) -> None:
    with pytest.raises((DecoderFailed, Unreadable)):
        client.run("write", output_dir=str(tmp_path))
    assert (tmp_path / "big").stat().st_size <= 8 * 1024 * 1024


def test_what_a_decoder_says_goes_nowhere(hostile: subprocess.Popen[bytes]) -> None:
    assert client.run("talk") == {}
    hostile.terminate()
    out, error = hostile.communicate(timeout=10)
    assert b"SECRETNAME" not in out + error


def test_a_decoder_knows_no_secret(hostile: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARANTINE_KEY", "secret")
    names = client.run("who")["environment"]
    assert "QUARANTINE_KEY" not in names
    assert not [name for name in names if "KEY" in name or "DATABASE" in name]


def test_films_are_read_beside_each_other(hostile: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(file_of(dx()))
    answers: list[int] = []

    def ask() -> None:
        answers.append(client.run("inspect", input=str(tmp_path / "film"))["facts"]["Rows"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [picture().shape[0]] * 8


def test_sigterm_ends_the_children_and_says_nothing_of_their_films(hostile: subprocess.Popen[bytes]) -> None:
    outcome: list[Exception] = []

    def ask() -> None:
        try:
            client.run("sleep")
        except Exception as error:  # noqa: BLE001
            outcome.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    children = wait_for(lambda: children_of(hostile.pid), "a child that sleeps")
    hostile.send_signal(signal.SIGTERM)
    thread.join(10)
    assert hostile.wait(10) == 0
    assert isinstance(outcome[0], DecoderGone)
    assert not [pid for pid in children if os.path.exists(f"/proc/{pid}")]


def test_children_die_with_a_parent_that_was_killed(hostile: subprocess.Popen[bytes]) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(hostile.args[-5]))  # type: ignore[index]
        connection.sendall(b'{"operation": "sleep"}\n')
        children = wait_for(lambda: children_of(hostile.pid), "a child that sleeps")
        hostile.kill()
        hostile.wait(10)
        wait_for(
            lambda: not [pid for pid in children if os.path.exists(f"/proc/{pid}")], "the child is gone", seconds=3
        )


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def test_only_the_owner_may_connect(hostile: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert (tmp_path / "socket").stat().st_mode & 0o077 == 0


def test_without_a_configured_server_one_is_started_and_replaced(tmp_path: Path, settings: Any) -> None:
    settings.DECODER_SOCKET = ""
    (tmp_path / "film").write_bytes(file_of(dx()))
    assert client.run("inspect", input=str(tmp_path / "film"))["media_type"] == "application/dicom"
    process = client.own_server._process
    assert process is not None
    process.kill()
    process.wait()
    assert client.run("inspect", input=str(tmp_path / "film"))["media_type"] == "application/dicom"


def test_a_server_of_our_own_stops_when_we_are_gone(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    words = [*client.command(own / "socket", {}, 1), "--guarded"]
    process = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=client.clean_environment(), cwd=client.ROOT
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdin.close()
    assert process.wait(10) == 0
    assert not own.exists()


def test_a_missing_folder_is_not_the_films_fault(hostile: subprocess.Popen[bytes], tmp_path: Path) -> None:
    with pytest.raises(DecoderFailed):
        client.run("inspect", input=str(tmp_path / "nowhere"))
