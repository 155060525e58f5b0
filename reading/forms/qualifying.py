"""Forms for qualifications: based on any evidence, or on a training that the reader passed."""

from __future__ import annotations

from typing import Any

from django import forms

import instruments
from accounts.act_forms import ActForm
from accounts.models import User
from accounts.signed_acts import Act
from reading.campaigns.training import VALID_MONTHS
from reading.charter.versions import MOST_MONTHS
from reading.models import TrainingResult


def months_field(initial: int | None) -> forms.IntegerField:
    """How long a qualification is valid."""
    return forms.IntegerField(
        label="Months of validity",
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        initial=initial,
        help_text="Leave empty for no last day. Example: with 24, a qualification of 30 November 2026 is valid up to "
        "and including 30 November 2028.",
    )


class QualificationForm(ActForm):
    """A reader's qualification for an instrument."""

    reader = forms.ModelChoiceField(User.objects.none(), empty_label="Choose")
    instrument = forms.ChoiceField(choices=[])
    evidence = forms.CharField(max_length=300, help_text="What was tested, on which films, when, and with what result.")
    months = months_field(VALID_MONTHS)

    def __init__(self, people: Any, data: Any = None) -> None:
        super().__init__(Act.QUALIFICATION, data=data)
        self.fields["reader"].queryset = people  # type: ignore[attr-defined]
        options = [(key, instruments.get(key).title) for key in instruments.KEYS]
        self.fields["instrument"].choices = options  # type: ignore[attr-defined]


class PassedForm(ActForm):
    """The qualification of a reader who passed a training."""

    months = months_field(None)

    def __init__(self, result: TrainingResult, data: Any = None) -> None:
        super().__init__(Act.QUALIFICATION, data=data)
        self.fields["months"].initial = result.campaign.training.valid_months
