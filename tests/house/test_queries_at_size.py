"""A page of a large trial takes no more queries than the same page of a small one: 12 subjects and 300.

The large trial has 60 cases: more than a page of a list shows.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.sign_in import BACKEND
from bench.room.whole_trial import COORDINATOR, WholeTrial
from rehearsal.demo.people import ACCOUNTS
from scoring.edc.lists import compare_list, resolve_difference
from studies.models import Membership
from tests.once_per_file import Once, undone
from tests.pages import begun_with, found_by_links, kind_of
from tests.scoring.agreement_figures import compute_figures

pytestmark = pytest.mark.django_db
FEW, MANY, CASES = 12, 300, 60
BY_ROLE = {account.role: account for account in ACCOUNTS}
Queries = dict[str, list[str]]


def queries_of_pages(subjects: int) -> Queries:
    """By kind of page, the queries in a trial of this many subjects, which is undone. Roles begin where others end."""
    found: Queries = {}
    with undone():
        trial = WholeTrial(subjects, cases=CASES)
        trial.issue()
        trial.read(cases=len(trial.subjects) * 9 // 10)
        compare_lists(trial)
        compute_figures(trial.campaign)
        # The first request in a role is recorded, and that is a query of no page.
        Membership.objects.update(first_used_at=timezone.now())
        given = {"code": trial.trial.code, "slug": trial.campaign.code, "version": 1}
        for role, account in BY_ROLE.items():
            # Passive: a session otherwise writes once a minute that it is in use, during whichever page that falls on.
            client = Client(headers={"X-Passive": "1"})
            client.force_login(trial.people[account.email], backend=BACKEND)
            found |= queries_of_person(client, begun_with(role.value, given), found)
    return found


def compare_lists(trial: WholeTrial) -> None:
    """Two lists of the sponsor that differ for every subject, and resolutions of some differences."""
    coordinator: dict[str, Any] = {"actor": trial.coordinator, "user": trial.people[COORDINATOR]}
    for day in (1, 2):
        lines = [f"{subject.code},BL,1990-01-0{day}\n" for subject in trial.subjects]
        made = compare_list(trial=trial.trial, **coordinator, text="".join(["subject,visit,date\n", *lines]))
        for one in made.differences[:: 2 * day]:
            resolve_difference(edc_list=made, key=one["key"], kind="sponsor", text="Asked.", **coordinator)


def queries_of_person(client: Client, addresses: list[str], known: Queries) -> Queries:
    """The queries of each kind of page that is not yet known."""
    found: Queries = {}

    def get(client: Client, path: str) -> Any:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
            list(answer)
        if answer.status_code == 200:
            found[str(kind_of(path))] = [query["sql"] for query in queries]
        return answer

    found_by_links(client, addresses, get, known)
    return found


@pytest.fixture(scope="module")
def queries(once: Once) -> tuple[Queries, Queries]:
    """The queries of every page in a small and in a large trial."""
    return once(lambda: (queries_of_pages(FEW), queries_of_pages(MANY)))


def test_no_page_of_a_large_trial_takes_more_queries_than_that_of_a_small_one(
    queries: tuple[Queries, Queries],
) -> None:
    few, many = queries
    assert len(few) > 100
    assert few.keys() >= {
        "scoring:agreement",
        "scoring:agreement_json",
        "scoring:edc",
        "scoring:edc_list",
        "scoring:edc_difference",
    }
    assert few.keys() - many.keys() == set()
    assert {page: (len(asked), len(many[page])) for page, asked in few.items() if len(many[page]) > len(asked)} == {}
