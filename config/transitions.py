"""Moves a row to its next state by compare-and-set in one statement: of two simultaneous attempts, one succeeds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from django.db.models import Model

State = TypeVar("State", bound=str)


def leading_to(to: State, transitions: Mapping[State, Collection[State]]) -> list[State]:
    """The states from which a table of transitions leads to `to`."""
    return [state for state, following in transitions.items() if to in following]


def moved(row: Model, to: State, transitions: Mapping[State, Collection[State]], **values: object) -> bool:
    """Sets the row's status and `values` if its stored state allows the transition; returns whether it did.

    Afterwards the instance has the stored values, whether it was moved or not.
    """
    rows = type(row)._default_manager.filter(pk=row.pk, status__in=leading_to(to, transitions))
    touched = rows.update(status=to, **values)
    row.refresh_from_db(fields=["status", *values])
    return touched == 1
