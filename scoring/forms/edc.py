"""The form that records what was decided about a difference between the sponsor's list and Blindread."""

from __future__ import annotations

from django import forms

from scoring.edc.lists import LONGEST_TEXT
from scoring.models import ResolutionKind


class ResolutionForm(forms.Form):
    """The kind of resolution and its explanation."""

    kind = forms.ChoiceField(choices=ResolutionKind.choices, label="Resolution", widget=forms.RadioSelect)
    text = forms.CharField(
        label="Explanation",
        max_length=LONGEST_TEXT,
        help_text="Where the right value is recorded, who was asked, or why nothing is corrected. Do not mention"
        " treatment arms or scores.",
    )
