"""The planned trials of the tests, their stores, and the desk in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from audit.trail import Actor
from tests.chromium import Windows
from tests.studies.desk_cast import browser
from tests.studies.desk_screen import Open
from tests.studies.planned import Planned, plan


@pytest.fixture
def ra1(db: None) -> Planned:
    """The trial that most tests play in."""
    return plan("RA-1")


@pytest.fixture
def ra2(db: None) -> Planned:
    """Another trial of the same house, which must never show."""
    return plan("RA-2")


@pytest.fixture
def stores(tmp_path: Path, settings: Any) -> Path:
    """Stores of this test alone, so that their content can be counted and searched."""
    settings.STORAGES = {
        name: {**store, "OPTIONS": {"location": str(tmp_path / "files" / name)}} if "OPTIONS" in store else store
        for name, store in settings.STORAGES.items()
    }
    return tmp_path / "files"


@pytest.fixture
def faults() -> list[str]:
    """What the browser complains of: errors of scripts, and everything the strict policy refused."""
    return []


@pytest.fixture
def open_page(windows: Windows, live_server: Any, settings: Any, faults: list[str]) -> Iterator[Open]:
    """Opens an address as a person."""
    with windows.lend(width=1366, height=768, base_url=live_server.url) as page:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)

        def open_as(actor: Actor, path: str) -> Page:
            session = browser(actor).cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
            page.goto(f"/trials/RA-1/{path}")
            return page

        yield open_as
