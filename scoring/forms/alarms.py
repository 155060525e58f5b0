"""The form that records what is done about an alarm."""

from __future__ import annotations

from django import forms

from scoring.models import AlarmAction


class AlarmForm(forms.Form):
    """The action and its reason."""

    action = forms.ChoiceField(
        choices=AlarmAction.choices,
        label="Action",
        widget=forms.RadioSelect,
        help_text="This only records the decision. A coordinator sets up training or suspends the reader. Reads that "
        "are signed remain valid.",
    )
    reason = forms.CharField(
        max_length=300,
        help_text="Shown to people who see scores, and to you. Example: the reader and the imaging lead looked at "
        "films of the campaign together and agreed on further training.",
    )
