"""Moving a row from one state to the next, compared and set in one statement: of two who act at once, one succeeds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from django.db.models import Model

State = TypeVar("State", bound=str)


def leading_to(to: State, transitions: Mapping[State, Collection[State]]) -> list[State]:
    """The states from which a table of transitions leads to `to`."""
    return [state for state, following in transitions.items() if to in following]


def moved(row: Model, to: State, transitions: Mapping[State, Collection[State]], **values: object) -> bool:
    """Sets the row's status, and `values` with it, if its stored state may lead there; says whether it did.

    Afterwards the row carries what is stored, whether it was moved or not.
    """
    rows = type(row)._default_manager.filter(pk=row.pk, status__in=leading_to(to, transitions))
    touched = rows.update(status=to, **values)
    row.refresh_from_db(fields=["status", *values])
    return touched == 1
