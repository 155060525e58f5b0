"""Recording a withdrawal of consent, the sponsor's instruction, and that a record was a mistake."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.act_forms import ActForm
from accounts.signed_acts import Act
from config.days import DayField
from studies.models import Subject, Trial
from studies.plan.consent import LONGEST_INSTRUCTION, LONGEST_STATEMENT

INSTRUCTION_HELP = (
    "In the sponsor's words, for example with the date of its letter. Without an instruction, collected data are kept."
)


class ConsentForm(ActForm):
    """The subject, the date and the wording of the withdrawal; signed."""

    subject = forms.ModelChoiceField(Subject.objects.none(), empty_label="Choose")
    withdrawn_on = DayField(label="Withdrawn on")
    statement = forms.CharField(
        max_length=LONGEST_STATEMENT,
        label="What was withdrawn",
        help_text="For example: all further use of films. Do not include names or contact details.",
    )
    instruction = forms.CharField(
        max_length=LONGEST_INSTRUCTION, required=False, label="Sponsor's instruction", help_text=INSTRUCTION_HELP
    )

    def __init__(self, trial: Trial, data: Any = None, chosen: str = "") -> None:
        super().__init__(Act.CONSENT, data=data)
        field = self.fields["subject"]
        field.queryset = trial.subjects.order_by("natural", "pk")  # type: ignore[attr-defined]
        field.initial = chosen
        field.widget.attrs["data-searchable"] = ""
        self.order_fields(["subject", "withdrawn_on", "statement", "instruction", "password"])


class InstructionForm(forms.Form):
    """The sponsor's instruction about the collected data."""

    instruction = forms.CharField(
        max_length=LONGEST_INSTRUCTION, label="Sponsor's instruction", help_text=INSTRUCTION_HELP
    )
