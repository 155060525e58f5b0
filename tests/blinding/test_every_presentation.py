"""Everybody, in each of the five presentations: two worlds that differ in what is hidden from him answer alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.hidden import PRESENTATIONS
from tests.blinding.comparing import compared
from tests.blinding.roles import PEOPLE
from tests.blinding.secrets_of import FIRST, SECOND

pytestmark = [pytest.mark.django_db, pytest.mark.full]


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("presentation", PRESENTATIONS)
def test_nothing_hidden_shows_in_any_presentation(
    who: str, presentation: str, record_property: Callable[[str, object], None]
) -> None:
    first = replace(FIRST, presentation=presentation)
    record_property(who, compared(who, first, SECOND, 2, per_route=1, own=60))
