"""Recording a document that a reader signed."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import READING_ROLES
from config.days import DayField
from reading.models import DocumentKind
from studies.models import Membership, Trial


class DocumentForm(forms.Form):
    """The reader, the document, the day of its signature and its last day."""

    person = forms.ModelChoiceField(User.objects.none(), label="Reader", empty_label="Choose")
    kind = forms.ChoiceField(label="Document", choices=[("", "Choose"), *DocumentKind.choices])
    signed_on = DayField(label="Signed on")
    expires_on = DayField(
        label="Valid until", required=False, help_text="The last day. Leave it empty if the document does not expire."
    )
    note = forms.CharField(
        max_length=300, required=False, help_text="For example where the signed document is kept, and its version."
    )

    def __init__(self, trial: Trial, data: Any = None) -> None:
        super().__init__(data)
        readers = Membership.objects.current().filter(trial=trial, role__in=READING_ROLES)
        people = User.objects.filter(memberships__in=readers).distinct().order_by("name", "pk")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
