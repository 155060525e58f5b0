"""The forms that file films under another subject or visit, and that designate a retake."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.act_forms import ActForm
from accounts.signed_acts import Act
from studies.desk.moving import MoveScope
from studies.models import Film, Visit


class MoveForm(ActForm):
    """Where the film belongs, what moves with it, and why; signed once there are reads."""

    visit = forms.ModelChoiceField(Visit.objects.none(), label="Belongs to", empty_label="Choose")
    scope = forms.ChoiceField(choices=MoveScope.choices, widget=forms.RadioSelect, label="What moves")
    reason = forms.CharField(max_length=200, help_text="Recorded in the audit trail of every film and case.")

    def __init__(self, film: Film, *acts: Act, data: Any = None) -> None:
        super().__init__(*acts, data=data)
        visits = Visit.objects.filter(subject__site=film.site_id, not_done_reason="")
        ordered = visits.select_related("subject", "plan").order_by("subject__natural", "plan__target_day", "code")
        self.fields["visit"].queryset = ordered  # type: ignore[attr-defined]
        self.fields["visit"].widget.attrs["data-searchable"] = ""
        self.fields["scope"].initial = MoveScope.FILM
        self.order_fields(["visit", "scope", "reason", "password"])


class DesignateForm(ActForm):
    """Why this film counts for its view from now on; signed once there are reads."""

    reason = forms.CharField(max_length=200, help_text="Recorded in the audit trail of every film and case.")
