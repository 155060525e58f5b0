"""In each state of the campaign, closed, built and asked for, locked, its arms opened: nothing hidden shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.hidden import HidingState
from tests.blinding.comparing import IN_STATES, compared
from tests.blinding.secrets_of import FIRST, SECOND

pytestmark = [pytest.mark.django_db, pytest.mark.full]


@pytest.mark.parametrize(("state", "who"), IN_STATES)
def test_nothing_hidden_shows_in_any_state_of_the_campaign(
    state: HidingState, who: str, record_property: Callable[[str, object], None]
) -> None:
    record_property(who, compared(who, FIRST, SECOND, 3, per_route=1, own=30, state=state))
