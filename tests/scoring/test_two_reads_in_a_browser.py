"""Two reads of a case in Chromium: keys lead from difference to difference, on the film and in the table."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from reading.models import Campaign, CampaignStatus, Case
from studies.models import ReaderImage
from tests.capture.acting import sign_in
from tests.chromium import Windows
from tests.reading.builders import PASSWORD, build_reading_trial
from tests.scoring.test_two_reads import address_of, read_by_both

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKED = "[...document.querySelectorAll('g.chosen text')].map((one) => one.textContent)"
IN_THE_TABLE = "[...document.querySelectorAll('td.chosen')].map((one) => one.textContent.trim())"


def test_the_keys_lead_from_difference_to_difference(windows: Windows, live_server: LiveServer) -> None:
    built = build_reading_trial(subjects=1, visits=("W00", "W24"))
    ReaderImage.objects.update(joints={"PIP2": [10.0, 12.0], "MCP3": [5.0, 6.0]})
    read_by_both(built)
    Campaign.objects.update(status=CampaignStatus.CLOSED)
    faults: list[str] = []
    with windows.lend(width=1366, height=768, base_url=live_server.url) as page:
        page.on("pageerror", lambda error: faults.append(str(error)))
        sign_in(page, "lead@two.example", PASSWORD)
        page.goto(address_of(Case.objects.get()))
        says = page.locator("[data-difference-says]")
        page.keyboard.press("n")
        first = says.inner_text()
        assert first.startswith("Difference 1 of 2. ")
        chosen = page.evaluate(MARKED)
        assert (len(chosen), page.evaluate(IN_THE_TABLE)) == (1, chosen)
        page.keyboard.press("n")
        assert says.inner_text().startswith("Difference 2 of 2. ")
        assert page.evaluate(MARKED) != chosen
        page.keyboard.press("n")
        assert says.inner_text() == first, "after the last comes the first"
        page.keyboard.press("p")
        assert says.inner_text().startswith("Difference 2 of 2. ")
        assert page.locator("figure.chosen").count() == 1
    assert faults == []
