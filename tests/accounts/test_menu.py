"""On every page of a trial, the menu highlights the one entry that the page belongs to, whoever opens it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import RequestFactory
from django.urls import resolve

from accounts.navigation import ENTRIES, Navigation, TrialRole
from accounts.roles import Role
from tests.cast import Cast
from tests.permissions import TABLE, TRIAL_ROLES
from tests.routes import address, every_route

# What a browser loads or saves, and shows no menu on.
FILES = re.compile(r"\.(csv|json|svg|png|jpg|pdf|py)$|/zip/$|/picture/|/upload/(files|rows)/")
# Pages whose address is not below that of their entry.
ELSEWHERE = {
    ("coordinator", "studies:arms"): "Set-up",
    ("coordinator", "studies:arms_choose"): "Set-up",
    ("coordinator", "reading:suspensions"): "Qualifications",
    ("coordinator", "reading:lift-suspension"): "Qualifications",
    ("coordinator", "reading:affiliations"): "Qualifications",
    ("coordinator", "reading:end-affiliation"): "Qualifications",
    ("coordinator", "reading:progress"): "Campaigns",
    ("auditor", "reading:suspensions"): "Qualifications and training",
    ("auditor", "reading:affiliations"): "Qualifications and training",
    ("lead", "reading:cases"): "Progress",
    ("lead", "reading:reference"): "Training",
    ("lead", "scoring:consensus_reference"): "Training",
    ("lead", "scoring:checks"): "Progress",
    ("lead", "scoring:check"): "Progress",
    ("lead", "scoring:comparisons"): "Progress",
    ("lead", "scoring:comparison"): "Progress",
    ("lead", "scoring:readers"): "Progress",
    ("lead", "scoring:reader"): "Progress",
    ("statistician", "scoring:arms_requests"): "Agreement and datasets",
    ("statistician", "scoring:arms_request"): "Agreement and datasets",
    ("statistician", "scoring:receive_arms"): "Agreement and datasets",
    ("statistician", "scoring:by_arm"): "Agreement and datasets",
    ("statistician", "scoring:by_arm_report"): "Agreement and datasets",
    ("signer", "scoring:datasets"): "Locks to confirm",
    ("signer", "scoring:dataset"): "Locks to confirm",
    ("signer", "scoring:decline"): "Locks to confirm",
    ("signer", "scoring:agree"): "Locks to confirm",
}


def pages_of(who: str) -> Iterator[tuple[str, str]]:
    """The pages of a trial that open for somebody, by route, each with an address."""
    routes = every_route()
    for name, row in TABLE.items():
        path = address(name, routes[name], {})
        if row.method == "get" and who in row.answers and path.startswith("/trials/RA-1/") and not FILES.search(path):
            yield name, path


def navigation(cast: Cast, who: str, path: str) -> Navigation:
    """The menu of a page."""
    request = RequestFactory().get(path)
    request.user, request.resolver_match = cast.user(who), resolve(path)
    return Navigation(request)


def belongs(found: Navigation, name: str, who: str, path: str) -> bool:
    """Whether the one entry that is highlighted is that of the page."""
    current = [item for group in found.groups for item in group.items if item.current]
    if len(current) != 1 or current[0] != found.current:
        return False
    if elsewhere := ELSEWHERE.get((who, name)):
        return current[0].label == elsewhere
    below = path.startswith(current[0].url)
    return below and (current[0].label == "Overview") == (name == "studies:trial")


@pytest.mark.parametrize("who", TRIAL_ROLES)
def test_every_page_of_a_trial_highlights_the_entry_that_it_belongs_to(who: str, cast: Cast) -> None:
    pages = dict(pages_of(who))
    wrong = {name: path for name, path in pages.items() if not belongs(navigation(cast, who, path), name, who, path)}
    assert wrong == {}
    assert {name for role, name in ELSEWHERE if role == who} <= set(pages)


def test_every_page_that_an_entry_names_exists() -> None:
    assert [route for entry in ENTRIES for route in entry.also if route not in every_route()] == []


def test_the_page_of_affiliations_is_shown_under_qualifications(cast: Cast) -> None:
    page = cast.client("coordinator").get("/trials/RA-1/affiliations/").content.decode()
    assert re.findall(r'aria-current="page">([^<]*)<', page) == ["Qualifications"]


@pytest.mark.parametrize(
    ("role", "detail", "name"),
    [
        (Role.SITE, "site 01", "Site 01"),
        (Role.READER, "", "Reader"),
        (Role.LEAD, "hands", "Imaging lead, hands"),
    ],
)
def test_a_role_and_its_detail_name_nothing_twice(role: Role, detail: str, name: str) -> None:
    assert TrialRole("RA-1", "A trial", role, "/", lambda: detail).name == name
