"""How much memory a browser takes without development tools attached to it.

A browser with development tools keeps fetched data for them, up to some megabytes per request: the product's
bands (3 MB) would be counted twice, the peer's films (30 MB) would not.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Playwright

from bench.room import looking
from bench.room.serving import memory_of_browsers

ARGUMENTS = ["--headless", "--password-store=basic", "--use-mock-keychain", "--no-first-run", "--window-size=1920,1080"]
QUIET_SECONDS, PATIENCE_SECONDS = 2.5, 90
FULL_BANDS = 12


def profile(playwright: Playwright, folder: Path, address: str, email: str, password: str) -> Path:
    """The folder of a browser in which a reader has signed in."""
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=looking.EXECUTABLE, args=looking.ARGUMENTS
    )
    looking.sign_in(context.new_page(), address, email, password)
    # The product's session ends with the browser. These cookies are kept, so that later browsers are signed in.
    kept = context.cookies()
    context.clear_cookies()
    context.add_cookies([{**cookie, "expires": time.time() + 86_400} for cookie in kept])  # type: ignore[typeddict-item]
    context.close()
    return folder


def memory_of(folder: Path, url: str, access_log: Path, fetched: Callable[[str], bool]) -> float:
    """Megabytes once everything that the page fetches has arrived; nothing is cached before."""
    began = access_log.stat().st_size
    fresh = shutil.copytree(folder, folder.with_name("fresh-profile"))
    command = [looking.EXECUTABLE, *looking.ARGUMENTS, *ARGUMENTS, f"--user-data-dir={fresh}", url]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_until_quiet(access_log, began, fetched)
        return memory_of_browsers()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        shutil.rmtree(fresh, ignore_errors=True)


def wait_until_quiet(access_log: Path, began: int, fetched: Callable[[str], bool]) -> None:
    """Waits until the log since `began` shows the expected requests and has not grown for some seconds."""
    grown, since, deadline = began, time.monotonic(), time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if (size := access_log.stat().st_size) != grown:
            grown, since = size, time.monotonic()
        if time.monotonic() - since > QUIET_SECONDS and fetched(access_log.read_text()[began:]):
            return
        time.sleep(0.1)
    raise SystemExit(f"A browser without development tools did not fetch the films within {PATIENCE_SECONDS} s.")


def ours_fetched(log: str) -> bool:
    """The films of the side on the screen at least; prefetched films arrive before the log is quiet."""
    return log.count("/full/") >= FULL_BANDS


def peer_fetched(log: str) -> bool:
    """Its three films."""
    return log.count(".dcm") >= 3
