"""Suspending a reader."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.act_forms import ActForm
from accounts.models import User
from accounts.roles import READING_ROLES
from accounts.signed_acts import Act
from reading.models import SuspensionCause
from studies.models import Membership, Trial


class SuspensionForm(ActForm):
    """The reader, the cause and the finding; signed."""

    person = forms.ModelChoiceField(User.objects.none(), label="Reader", empty_label="Choose")
    cause = forms.ChoiceField(choices=SuspensionCause.choices)
    reason = forms.CharField(
        max_length=300, help_text="What was found, by whom and when. Readers do not see it. Do not name scores."
    )

    def __init__(self, trial: Trial, data: Any = None) -> None:
        super().__init__(Act.SUSPENSION, data=data)
        readers = Membership.objects.current().filter(trial=trial, role__in=READING_ROLES)
        people = User.objects.filter(memberships__in=readers).distinct().order_by("name", "pk")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.order_fields(["person", "cause", "reason", "password"])
