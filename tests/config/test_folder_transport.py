"""Messages of the demo are files: a reader finds a complete file or none."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

import config.folder_transport

BOUND = ("celery", "celery", "", "celery")


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Any]:
    folders = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out")}
    with Connection(
        "filesystem://", transport_options={**folders, "control_folder": str(tmp_path / "control")}
    ) as broker:
        (tmp_path / "control").mkdir()
        yield broker.channel()


def test_the_address_of_the_demo_leads_to_it(channel: Any) -> None:
    assert isinstance(channel, config.folder_transport.Channel)


def test_what_was_put_is_taken_once(channel: Any) -> None:
    channel._put("celery", {"job": 1})
    assert channel._get("celery") == {"job": 1}
    with pytest.raises(Empty):
        channel._get("celery")


def test_a_message_that_is_still_being_written_is_not_taken(channel: Any, tmp_path: Path) -> None:
    seen: list[str] = []

    class LookingMeanwhile:
        def __json__(self) -> str:
            seen.extend(path.name for path in tmp_path.glob("*.msg"))
            return "written"

    channel._put("celery", {"job": LookingMeanwhile()})
    assert seen == []
    (message,) = tmp_path.glob("*.msg")
    message.rename(f"{message}.part")
    with pytest.raises(Empty):
        channel._get("celery")


@pytest.mark.parametrize("rubbish", [b"", b"\xff\x00", b'{"job": ', b"[1]", b"null"])
def test_a_file_that_is_no_message_is_removed_and_the_next_message_is_taken(
    channel: Any, tmp_path: Path, rubbish: bytes
) -> None:
    (tmp_path / "0_rubbish.celery.msg").write_bytes(rubbish)
    channel._put("celery", {"job": 1})
    assert channel._get("celery") == {"job": 1}
    with pytest.raises(Empty):
        channel._get("celery")


@pytest.mark.parametrize(
    "use", [lambda channel: channel.get_table("celery"), lambda channel: channel._queue_bind(*BOUND)]
)
def test_a_list_of_queues_is_used_by_one_process_at_a_time(channel: Any, use: Callable[[Any], None]) -> None:
    channel._queue_bind(*BOUND)
    with Path(channel.control_folder, "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        second = threading.Thread(target=use, args=(channel,))
        second.start()
        second.join(0.2)
        assert second.is_alive(), "it waits for the other process"
    second.join(10)
    assert [queue.queue for queue in channel.get_table("celery")] == ["celery"]
