"""Making an access token."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from accounts.roles import ROLE_NAMES, Role
from api.scopes import SCOPES, scopes_of
from config.days import DayField
from studies.models import Membership, Trial

CHOICES = [(name, f"{scope.label} ({name})") for name, scope in SCOPES.items()]


def named(held: Membership) -> str:
    """The person with the role."""
    return f"{held.user}, {ROLE_NAMES[Role(held.role)].lower()}"


class TokenForm(forms.Form):
    """The person, the scopes and the last day of the token."""

    holder = forms.ModelChoiceField(
        Membership.objects.none(),
        label="Person and role",
        empty_label="Choose",
        help_text="The token is shown once, to this person alone.",
    )
    label = forms.CharField(max_length=80, help_text="The program that will use it, for example EDC import.")
    scopes = forms.MultipleChoiceField(
        choices=CHOICES, widget=forms.CheckboxSelectMultiple, help_text="Choose only those that the work needs."
    )
    expires_on = DayField(label="Last day", help_text="At most a year from today.")

    def __init__(self, trial: Trial, data: Any = None) -> None:
        super().__init__(data)
        roles = [role for role in Role if scopes_of(role)]
        held = trial.memberships.current().filter(role__in=roles, user__is_active=True).select_related("user")
        holder = cast(Any, self.fields["holder"])
        holder.queryset, holder.label_from_instance = held.order_by("user__name", "role"), named
