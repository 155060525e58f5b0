"""Texts of several lines that people write in forms."""

from __future__ import annotations

from typing import Any

from django import forms


class LongTextField(forms.CharField):
    """A text of several lines in which the end of a line counts as one character, as it does in the browser."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The text without the second character that browsers send for the end of a line."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text
