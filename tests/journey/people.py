"""Each person in a browser of his own, and what he does there."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from tests.cast import PASSWORD
from tests.chromium import close


@dataclass
class People:
    """Signs people in and keeps their windows; collects what browsers complain of."""

    chromium: Browser
    address: str
    trial: str = "RA-1"
    faults: list[str] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, who: str) -> Page:
        """The window of a person, who has signed in with his password."""
        if who not in self.pages:
            self.pages[who] = self.sign_in(who)
        return self.pages[who]

    def sign_in(self, who: str) -> Page:
        """Through the sign-in page."""
        domain = "house" if who in ("administrator", "outsider") else self.trial.lower()
        context = self.chromium.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{who}: {error}"))
        page.on("console", lambda line: self.complain(who, line.text) if line.type == "error" else None)
        page.goto(f"{self.address}/sign-in/")
        page.fill("input[type=email]", f"{who}@{domain}.example")
        page.fill("input[type=password]", PASSWORD)
        page.press("input[type=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    def complain(self, who: str, text: str) -> None:
        """Keeps a complaint of the browser."""
        self.faults.append(f"{who}: {text}")

    def go(self, who: str, path: str) -> Page:
        """The person opens an address of the trial."""
        page = self.page(who)
        answer = page.goto(f"{self.address}/trials/{self.trial}/{path}")
        assert answer is not None
        assert answer.ok, f"{who} at {path}: {answer.status}"
        return page

    def close(self) -> None:
        """Every window."""
        for page in self.pages.values():
            close(page.context)
