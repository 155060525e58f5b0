"""A custodian's opening share, and the statement of the person who receives the arms."""

from __future__ import annotations

from django import forms

PASSWORD = forms.PasswordInput(attrs={"autocomplete": "current-password"})


class ShareForm(forms.Form):
    """The file that custodian.py wrote, under the custodian's signature."""

    opening_share = forms.FileField(help_text="The .share.json file that custodian.py open wrote for this request.")
    password = forms.CharField(widget=PASSWORD, help_text="The password that you sign in with.")


class ReceiveForm(forms.Form):
    """What receiving the arms means, and the password again."""

    understood = forms.BooleanField(
        label="I understand that my other roles in this trial end now and that I can never be blinded in it again"
    )
    password = forms.CharField(widget=PASSWORD, help_text="The password that you sign in with.")
