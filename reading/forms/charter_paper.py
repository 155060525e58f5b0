"""The form that attaches the charter signed on paper."""

from __future__ import annotations

from django import forms

from reading.charter.papers import LONGEST_PAPER


class PaperForm(forms.Form):
    """The scan."""

    file = forms.FileField(
        label="PDF file",
        help_text=f"At most {LONGEST_PAPER // 1024**2} MB. It cannot be replaced afterwards.",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )
