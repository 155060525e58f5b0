"""Choosing to store arms, a custodian's key, and the list that is encrypted immediately."""

from __future__ import annotations

from django import forms

from studies.forms.planning import REASON


class HoldArmsForm(forms.Form):
    """The choice, with its consequence acknowledged."""

    reason = REASON
    understood = forms.BooleanField(
        label="I understand that the arms held here are permanently lost if only one custodian still has their key"
    )


class KeyForm(forms.Form):
    """A public key as custodian.py prints it."""

    public_key = forms.CharField(
        max_length=60,
        help_text="The line that custodian.py keygen prints. Never enter the private key.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )


class FingerprintForm(forms.Form):
    """The fingerprint as the custodian's own computer shows it."""

    fingerprint = forms.CharField(
        max_length=60,
        help_text="Type or paste what custodian.py fingerprint prints on your own computer.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )


class ImportArmsForm(forms.Form):
    """The list: it is read in memory and never kept."""

    file = forms.FileField(label="CSV file", help_text="Two columns named subject and arm; UTF-8; at most 1 MB.")
    understood = forms.BooleanField(
        label="I understand that the arms held here are permanently lost if only one custodian still has their key,"
        " and that I am permanently unblinded in this trial"
    )
