"""The imaging lead of an open campaign: two worlds that differ in the true order, dates and arms answer alike."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.http import HttpRequest

from reading.models import DisplayedTimepoint
from tests.blinding.addresses import AddressValues
from tests.blinding.asking import WorldAnswer, WorldRequest
from tests.blinding.finding import play_one
from tests.blinding.planted import Leak, day_of, in_page
from tests.blinding.playing import differences, world_of
from tests.blinding.scripts_of_others import lead_steps
from tests.blinding.secrets_of import FIRST, Secrets, mixed

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
