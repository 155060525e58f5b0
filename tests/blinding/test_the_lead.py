"""The imaging lead of an open campaign: two worlds that differ in the true order, dates and arms answer alike."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import pytest
from django.http import HttpRequest
from django.test import Client

from accounts.sign_in import BACKEND
from reading.models import DisplayedTimepoint
from tests.blinding.addresses import AddressValues
from tests.blinding.asking import WorldAnswer, WorldRequest
from tests.blinding.finding import play_one
from tests.blinding.planted import Leak, day_of, in_page
from tests.blinding.playing import differences, world_of
from tests.blinding.scripts_of_others import lead_steps
from tests.blinding.secrets_of import FIRST, Secrets, mixed
from tests.scoring.adjudicated_cases import make_built_trial, read_with_adjudication
from tests.scoring.agreement_figures import with_figures

pytestmark = pytest.mark.django_db
HIDDEN = frozenset({"order", "begins", "arms", "names", "upload"})


def day_of_each_timepoint(patch: pytest.MonkeyPatch) -> None:
    """On the page of a read, the days of its timepoints in the order in which the page shows them."""

    def days(request: HttpRequest) -> str:
        shown = DisplayedTimepoint.objects.filter(step__read__token=request.path.split("/")[6])
        return " ".join(str(day_of(one)) for one in shown.order_by("token"))

    in_page(patch, "scoring.views.checks", b"</main>", days)


LEAK = Leak("days on the page of a read", "lead", day_of_each_timepoint, ("check",))


def played(
    secrets: Secrets, steps: Sequence[WorldRequest] | None = None
) -> tuple[Sequence[WorldRequest], list[list[WorldAnswer]]]:
    """The lead's script in one world: as the product is, and with the leak."""
    with world_of(secrets, stage="adjudicating", ids_by_content=False) as (world, held):
        asked = steps or lead_steps(world, "lead", AddressValues({}))
        return asked, [play_one(world, held, "lead", asked, leak)[0] for leak in (None, LEAK)]


def test_progress_score_checks_and_history_show_the_lead_of_an_open_campaign_no_order() -> None:
    steps, (one, one_leaking) = played(FIRST)
    _, (two, two_leaking) = played(mixed(HIDDEN), steps)
    assert {answer.status for answer in one[:-1]} == {200}
    assert differences("lead", one, two) == []
    assert differences("lead", one_leaking, two_leaking) != [], LEAK.title


def test_the_lead_of_an_open_campaign_sees_how_many_cases_are_adjudicated_but_no_value_of_them() -> None:
    """Two cases: with their mean and the largest difference, the visits of a read that is shown could be told."""
    built_trial = make_built_trial()
    read_with_adjudication(built_trial)
    client, page = Client(), "/trials/TWO/results/C1/agreement"
    client.force_login(built_trial.people["lead"], backend=BACKEND)
    reason = "Shown once the campaign is closed"
    withheld = {"value": None, "n": None, "reason": reason}
    found = with_figures(client, f"{page}.json").json()["adjudicated"]
    assert (found["cases"], found["waiting"]) == (2, 0)
    assert (found["change"], found["apart"]) == (withheld, withheld | {"largest": None})
    shown = " ".join(client.get(f"{page}/").content.decode().split())
    assert "2 cases have an adjudicated result; 0 cases are waiting for adjudication." in shown
    assert shown.count(reason) == 2
    assert "Largest such difference" not in shown
    rows = list(csv.DictReader(client.get(f"{page}.csv").content.decode("utf-8-sig").splitlines()))
    of_results = [row for row in rows if row["statistic"].startswith("Adjudicated results, mean")]
    assert [(row["value"], row["n"], row["reason"]) for row in of_results] == [("", "", reason)] * 2
