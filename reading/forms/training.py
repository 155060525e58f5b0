"""Forms for training: the targets for passing, the reference scores, the readers to be trained."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from config.days import DayField
from reading.campaigns.training import (
    FEWEST_CASES,
    LEAST_CHANGE,
    LEAST_KAPPA,
    LEAST_STATUS,
    MOST_SDC,
    RANGES,
    VALID_MONTHS,
)
from reading.campaigns.training_cases import sources_for
from reading.charter.versions import people_in_role
from reading.forms.qualifying import months_field
from reading.models import Campaign
from studies.models import Trial


def target(name: str, label: str, initial: float, example: str) -> forms.FloatField:
    """An optional target."""
    _, low, high = RANGES[name]
    text = f"Leave it empty for no target. Example: {example}"
    return forms.FloatField(label=label, required=False, min_value=low, max_value=high, initial=initial, help_text=text)


class LimitsForm(forms.Form):
    """The agreement with the reference that a reader needs to pass."""

    least_status = target(
        "least_status",
        "Minimum ICC for status",
        LEAST_STATUS,
        "with 0.8, a reader whose total scores have an ICC(2,1) of 0.85 with the reference meets the target. An ICC of "
        "1 means equal totals; a reader who gives 5 points more in every case has a lower one.",
    )
    least_change = target(
        "least_change",
        "Minimum ICC for change",
        LEAST_CHANGE,
        "with 0.7, a reader whose changes from the first timepoint have an ICC(2,1) of 0.65 does not meet the target.",
    )
    most_sdc = target(
        "most_sdc",
        "Largest smallest detectable change (SDC)",
        MOST_SDC,
        "in score units. The reader's changes differ from those of the reference with a standard deviation of 3: the "
        "SDC is 1.96 x 3 / √2 = 4.2, and 5 is met.",
    )
    least_kappa = target(
        "least_kappa",
        "Minimum weighted kappa of each joint",
        LEAST_KAPPA,
        "with 0.4, a reader with a kappa of 0.35 at one joint does not meet the target. A difference of two grades "
        "counts twice as much as one. Joints with too few grades, or with one grade throughout the reference, are "
        "left out.",
    )
    fewest_cases = forms.IntegerField(
        label="Minimum number of cases",
        required=False,
        min_value=2,
        max_value=1000,
        initial=FEWEST_CASES,
        help_text=f"With fewer cases, no statistic is given and nobody passes; empty means {FEWEST_CASES}. A joint "
        "needs as many grades. Example: with 10, a training campaign of 8 cases says “too few”.",
    )
    valid_months = months_field(VALID_MONTHS)

    def clean_fewest_cases(self) -> int:
        """The given number, or the suggested one if the field is empty."""
        given: int | None = self.cleaned_data["fewest_cases"]
        return given or FEWEST_CASES


class SourceForm(forms.Form):
    """A closed campaign of the same instrument."""

    source = forms.ModelChoiceField(Campaign.objects.none(), label="Closed campaign", empty_label="Choose")

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        super().__init__(data)
        sources = Campaign.objects.filter(pk__in=[one.pk for one in sources_for(campaign)])
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]


class CasesForm(SourceForm):
    """Cases of a closed campaign, by number."""

    cases = forms.CharField(
        max_length=2000, help_text="The numbers of the cases, with commas between them, such as 3, 17, 20."
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
