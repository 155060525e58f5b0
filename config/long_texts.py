"""Multi-line texts in forms."""

from __future__ import annotations

from typing import Any

from django import forms


class LongTextField(forms.CharField):
    """A multi-line text in which the end of a line counts as one character, as in the browser."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The text without the second character that browsers send for the end of a line."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text
