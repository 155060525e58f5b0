"""Granting a role."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.roles import ROLE_NAMES
from accounts.roles_apart import GRANTABLE
from studies.forms.planning import REASON
from studies.models import Site, Trial


class GrantForm(forms.Form):
    """A person by e-mail address, which is offered for people of the coordinator's own trials alone."""

    KNOWN = "known-people"

    person = forms.EmailField(
        label="E-mail address",
        help_text="The address of an account. Only administrators can invite new people.",
        widget=forms.EmailInput(attrs={"list": KNOWN}),
    )
    name = forms.CharField(
        required=False,
        max_length=120,
        help_text="Only for a person without an account, who is invited by e-mail. They can change it.",
    )
    role = forms.ChoiceField(choices=[("", "Choose"), *((role.value, ROLE_NAMES[role]) for role in GRANTABLE)])
    site = forms.ModelChoiceField(
        Site.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="None",
        help_text="Only for the role Site.",
    )
    reason = REASON

    def __init__(self, trial: Trial, data: Any = None, *, may_invite: bool = False) -> None:
        super().__init__(data)
        self.fields["site"].queryset = trial.sites.all()  # type: ignore[attr-defined]
        if may_invite:
            self.fields["person"].help_text = "The address of an account, or of a new person, who is then invited."
        else:
            del self.fields["name"]


class DecisionForm(forms.Form):
    """Confirming a role, or refusing it with a reason."""

    decision = forms.ChoiceField(
        choices=[("", "Choose"), ("confirm", "Confirm the role"), ("refuse", "Refuse the role")]
    )
    reason = forms.CharField(
        max_length=200, required=False, help_text="Required to refuse. Recorded in the audit trail."
    )
