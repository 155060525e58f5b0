"""bin/demo starts the real parts, minds them, and leaves nothing running behind it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.supervisor import KEPT, Demo, DemoProcess, Stopped, begin_anew, check_port, only_one
from tests.servers import ROOT
from tests.waiting import wait_for

Running = subprocess.Popen[str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status_of(port: int) -> int:
    """The answer of /healthz; 0 when nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def processes_in(var: Path) -> list[int]:
    """Every process that was started for this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"BLINDREAD_VAR={var}\0".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture(scope="module")
def one_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demos of this file start one after the other in it, so the second and third find a database begun."""
    return tmp_path_factory.mktemp("demo") / "var"


@pytest.fixture
def demo(one_folder: Path) -> Iterator[tuple[Running, int]]:
    """A demo on a port of its own, up to the moment in which its web server answers."""
    port = free_port()
    command = [sys.executable, "-m", "config.supervisor", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"BLINDREAD_VAR": str(one_folder)}, stdout=subprocess.PIPE, text=True
    )
    try:
        wait_for(lambda: status_of(port), "the web server answers", seconds=120)
        yield process, port
    finally:
        process.kill()
        process.wait()


@pytest.mark.long
def test_the_demo_ends_whole_when_it_is_interrupted(demo: tuple[Running, int], one_folder: Path) -> None:
    assert status_of(demo[1]) == 503, "it answers and says that it is not ready"
    check_it_ends_whole(demo, one_folder, signal.SIGINT)


@pytest.mark.long
def test_a_part_that_dies_is_started_again_and_the_demo_still_ends_whole(
    demo: tuple[Running, int], one_folder: Path
) -> None:
    process, port = demo
    assert status_of(port) == 503, "it answers and says that it is not ready"
    (first,) = masters(process, one_folder)
    orphans = {pid for pid in processes_in(one_folder) if parent_of(pid) == first}
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: set(masters(process, one_folder)) - {first}, "another web server is started")
    wait_for(lambda: not orphans & set(processes_in(one_folder)), "the workers of the dead one end", seconds=60)
    assert wait_for(lambda: status_of(port), "the web server answers again", seconds=120) == 503
    check_it_ends_whole(demo, one_folder, signal.SIGTERM)


def check_it_ends_whole(demo: tuple[Running, int], var: Path, how: int) -> None:
    """After a signal, the demo ends with no error, no process left and nothing listening on its port."""
    process, port = demo
    process.send_signal(how)
    out = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert "waiting for" in out
    assert processes_in(var) == []
    assert status_of(port) == 0


def masters(process: Running, var: Path) -> list[int]:
    """The web server that the demo itself has started, without its workers."""
    return [pid for pid in processes_in(var) if parent_of(pid) == process.pid and "gunicorn" in command_of(pid)]


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.full
@pytest.mark.long
def test_the_demo_becomes_ready_and_prints_who_can_sign_in(demo: tuple[Running, int]) -> None:
    process, port = demo
    wait_for(lambda: status_of(port) == 200, "the demo is ready", seconds=600)
    process.send_signal(signal.SIGTERM)
    out = process.communicate(timeout=60)[0]
    for name in ("coordinator", "reader.one", "reader.two", "adjudicator", "statistician", "signer", "site", "lead"):
        assert f"{name}@demo.example" in out


def test_two_demos_do_not_share_a_folder(var: Path) -> None:
    with only_one(var), pytest.raises(Stopped, match="running"), only_one(var):
        pass


def test_a_port_that_is_taken_is_refused_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Stopped, match="--port"):
            check_port(taken.getsockname()[1])


def test_beginning_anew_removes_what_the_demo_made_and_nothing_else(var: Path) -> None:
    for name in (*KEPT, "letters"):
        (var / name).mkdir(parents=True)
    (var / "blindread.sqlite3-wal").touch()
    begin_anew(var)
    assert [path.name for path in var.iterdir()] == ["letters"]


def test_a_part_that_keeps_dying_stops_the_demo_with_the_end_of_its_log(var: Path) -> None:
    (var / "log").mkdir(parents=True)
    demo = Demo(var, 1)
    demo.start(DemoProcess("web", [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"]))
    with pytest.raises(Stopped, match=r"(?s)web keeps ending \(code 3\).*no such table"):
        wait_for(lambda: demo.check_parts(), "it gives up")


def leave_a_child(demo: Demo) -> int:
    """A part that has ended while its child goes on; the child."""
    (demo.var / "log").mkdir(parents=True)
    part = DemoProcess("web", ["sh", "-c", "sleep 600 & exit 3"])
    demo.start(part)
    assert part.process
    assert part.process.wait(30) == 3
    return wait_for(lambda: processes_in(demo.var), "the child shows whose it is")[0]


def test_the_children_of_a_part_that_died_end_before_it_is_started_again(var: Path) -> None:
    demo = Demo(var, 1)
    child = leave_a_child(demo)
    demo.parts[0].command = ["sleep", "600"]
    demo.check_parts()
    wait_for(lambda: child not in processes_in(var), "the child of the dead part ends")
    wait_for(lambda: len(processes_in(var)) == 1, "the part was started again")
    demo.stop()


def test_an_installation_that_stops_just_after_a_part_died_leaves_none_of_its_children(var: Path) -> None:
    demo = Demo(var, 1)
    leave_a_child(demo)
    demo.stop()
    wait_for(lambda: processes_in(var) == [], "the child of the dead part ends")


def test_a_filler_that_fails_later_leaves_the_demo_running(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (var / "log").mkdir(parents=True)
    demo = Demo(var, 1, ready=True)
    demo.start(DemoProcess("filler", [sys.executable, "-c", "raise SystemExit('no films')"], lasting=False))

    def said() -> str:
        demo.check_parts()
        return capsys.readouterr().out

    assert "no films" in wait_for(said, "it says so")


def test_a_filler_that_fails_stops_the_demo(var: Path) -> None:
    (var / "log").mkdir(parents=True)
    demo = Demo(var, 1)
    demo.start(DemoProcess("filler", [sys.executable, "-c", "raise SystemExit('no films')"], lasting=False))
    with pytest.raises(Stopped, match=r"(?s)filler failed.*no films"):
        wait_for(lambda: demo.check_parts(), "it gives up")
