"""Recording that a reader is affiliated with a site."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from studies.models import Site, Trial


class AffiliationForm(forms.Form):
    """A reader, their site, and how the affiliation became known."""

    person = forms.ModelChoiceField(User.objects.none(), label="Reader", empty_label="Choose")
    site = forms.ModelChoiceField(Site.objects.none(), empty_label="Choose")
    reason = forms.CharField(max_length=300, help_text="How the reader is affiliated with the site, and how you know.")

    def __init__(self, trial: Trial, people: Any, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["site"].queryset = trial.sites.all()  # type: ignore[attr-defined]
