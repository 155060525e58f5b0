"""Forms for training: the limits for passing, the reference scores, the readers to be trained."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from config.days import DayField
from reading.campaigns.training import LEAST_CHANGE, LEAST_STATUS
from reading.charter.versions import people_in_role
from studies.models import Trial


class LimitsForm(forms.Form):
    """The agreement that a reader needs to pass."""

    HELP = "Intraclass correlation with the reference, absolute agreement, 0 to 1."
    least_status = forms.FloatField(
        label="Minimum ICC for status", min_value=0, max_value=1, initial=LEAST_STATUS, help_text=HELP
    )
    least_change = forms.FloatField(
        label="Minimum ICC for change", min_value=0, max_value=1, initial=LEAST_CHANGE, help_text=HELP
    )


class ReferenceForm(forms.Form):
    """The reference scores."""

    file = forms.FileField(
        label="Reference scores",
        help_text="CSV with the columns subject, visit, item, value and reason; one line per item and timepoint.",
    )


class TrainingBatchForm(forms.Form):
    """The readers who receive every case."""

    name = forms.CharField(max_length=80, initial="Training")
    due_on = DayField(required=False)
    readers = forms.ModelMultipleChoiceField(User.objects.none(), widget=forms.CheckboxSelectMultiple)

    def __init__(self, trial: Trial, data: Any = None) -> None:
        super().__init__(data)
        self.fields["readers"].queryset = people_in_role(trial, "reader")  # type: ignore[attr-defined]
