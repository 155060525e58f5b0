"""A table to be imported: chosen as a file, or pasted."""

from __future__ import annotations

from typing import Any

from django import forms

from config.errors import BadInput
from studies.plan.tables.reading import LONGEST_FILE, decoded


class TableForm(forms.Form):
    """Either a file or pasted lines; `text` in the cleaned data is what is read."""

    file = forms.FileField(
        label="CSV file", required=False, help_text="UTF-8, with values separated by commas, semicolons or tabs."
    )
    text = forms.CharField(
        label="Or paste the lines here",
        required=False,
        max_length=LONGEST_FILE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
    )

    def clean(self) -> dict[str, Any]:
        """Uses the file if both are given."""
        cleaned = super().clean() or {}
        if file := cleaned.get("file"):
            try:
                cleaned["text"] = decoded(file.read(LONGEST_FILE + 1))
            except BadInput as refusal:
                raise forms.ValidationError(str(refusal)) from None
        if not cleaned.get("text", "").strip():
            raise forms.ValidationError("Choose a file or paste its lines.")
        return cleaned
