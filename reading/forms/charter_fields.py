"""Kinds of fields that the charter form has several of."""

from __future__ import annotations

from django import forms

from reading.charter.terms import EVENT_KINDS, STRATEGIES, Terms


def choices(table: dict[str, str]) -> list[tuple[str, str]]:
    """A table of choices in the form that Django expects."""
    return list(table.items())


def strategy(kind: str, example: str) -> forms.ChoiceField:
    """What becomes of values after an event of one kind."""
    initial = getattr(Terms, f"{kind}_strategy")
    return forms.ChoiceField(choices=choices(STRATEGIES), initial=initial, help_text=example)


def independent(kind: str) -> forms.BooleanField:
    """Whether the statistician may give events of one kind before the arms are known."""
    return forms.BooleanField(
        required=False,
        label=f"{EVENT_KINDS[kind].capitalize()} is independent of the arm",
        help_text="If ticked, these events are applied before the arms are known; otherwise only afterwards. Example: "
        "if every subject on placebo switches at week 24, the date of a switch reveals the arm.",
    )


def threshold(limit: str, example: str) -> forms.BooleanField:
    """A threshold of progression that is flagged in analysis.csv."""
    return forms.BooleanField(
        required=False, initial=True, label=f"Report no progression at a threshold of {limit}", help_text=example
    )
