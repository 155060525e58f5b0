"""The forms of acts: they require the password, under the meaning of the signature, where the table of acts does."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import password_field
from accounts.signed_acts import ACTS, Act


class ActForm(forms.Form):
    """The form of one act, or of acts that are done together; its page shows `meanings` above the fields."""

    def __init__(self, *acts: Act, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.meanings = [ACTS[act].meaning for act in acts if ACTS[act].signed]
        if self.meanings:
            self.fields["password"] = password_field(
                "Password", "current-password", help_text="The password that you sign in with."
            )

    def clean(self) -> dict[str, Any]:
        """An act that is not signed has no password."""
        return {"password": ""} | (super().clean() or {})


class ReasonedActForm(ActForm):
    """An act and its reason."""

    reason = forms.CharField(max_length=200, help_text="Recorded in the audit trail, under your signature.")
