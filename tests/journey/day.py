"""A person's day in a browser: signing in, the start page, the menu, and nothing that is typed into the address bar."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, expect

from tests.capture.acting import sign_in
from tests.reading.builders import PASSWORD

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "days"


def menu_of(role: str) -> list[str]:
    """The entries of the menu, as the page about the role's day lists them."""
    return re.findall(r"^\| \*\*(.+?)\*\* \|", (GUIDES / f"{role}.md").read_text(encoding="utf-8"), re.MULTILINE)


@dataclass
class Day:
    """The window in which one person after the other works."""

    page: Page
    trial: str = "TWO"
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self.hear)

    def hear(self, message: ConsoleMessage) -> None:
        """Keeps what the browser complains of."""
        if message.type == "error":
            self.faults.append(message.text)

    def begin(self, email: str, password: str = PASSWORD) -> None:
        """The person signs in and is on the start page."""
        self.page.context.clear_cookies()
        sign_in(self.page, email, password)
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Welcome")

    def home(self) -> None:
        """Back to the start page."""
        self.page.get_by_role("link", name="Blindread", exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Welcome")

    def task(self, label: str, count: int = 1) -> None:
        """A task on the start page, with its number."""
        row = self.page.locator(".waiting-list li").filter(has=self.page.get_by_role("link", name=label, exact=True))
        expect(row.locator("strong")).to_have_text(str(count))
        row.get_by_role("link").click()

    def enter(self) -> None:
        """The first page of the trial."""
        self.page.get_by_role("main").get_by_role("link", name=self.trial, exact=True).click()

    def choose(self, label: str) -> None:
        """A page of the menu, which highlights it."""
        self.page.locator("nav.side").get_by_role("link", name=label, exact=True).click()
        expect(self.page.locator("nav.side [aria-current=page]")).to_have_text(label)
        expect(self.page.get_by_role("heading", level=1)).not_to_be_empty()

    def walk(self, role: str) -> None:
        """From the start page to every page of the menu, which has the entries of docs/days, and back."""
        self.enter()
        expect(self.page.locator("nav.side a")).to_have_text(menu_of(role))
        for label in menu_of(role):
            self.choose(label)
        self.home()

    def follow(self, *names: str) -> None:
        """Links of the page, one after the other."""
        for name in names:
            self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()

    def press(self, name: str) -> None:
        """A button of the page."""
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()

    def agree(self) -> None:
        """The question before an act is answered with yes."""
        self.page.locator("[data-confirm-yes]").click()

    def sign(self, button: str, password: str = PASSWORD) -> None:
        """Enters the password and signs."""
        self.page.get_by_role("main").get_by_role("textbox", name="Password").fill(password)
        self.press(button)

    def reads(self, text: str) -> None:
        """The page says so."""
        expect(self.page.get_by_role("main")).to_contain_text(text)
