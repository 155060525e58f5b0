"""What people type about accounts. Passwords are never sent back into a field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from accounts.models import User


def password_field(label: str, autocomplete: str, **kwargs: Any) -> forms.CharField:
    """A field for a password, typed or filled in by a password manager."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=1000, **kwargs)


def code_field(label: str) -> forms.CharField:
    """A field for a code of the app or a recovery code."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=attrs))


class SignInForm(forms.Form):
    """The first step of signing in."""

    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = password_field("Password", "current-password")


class CodeForm(forms.Form):
    """The second step, with the proof of the first."""

    code = code_field("Code")
    proof = forms.CharField(widget=forms.HiddenInput)


class NewPasswordForm(forms.Form):
    """A new password, twice. `user` is whose it will be: it may not resemble his name or address."""

    password = password_field("New password", "new-password")
    again = password_field("The same again", "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        """Asks the validators of the house."""
        self.user.name = self.data.get("name", self.user.name)
        validate_password(self.cleaned_data["password"], self.user)
        return str(self.cleaned_data["password"])

    def clean_again(self) -> str:
        """Refuses a slip of the fingers."""
        if self.cleaned_data["again"] != self.cleaned_data.get("password", self.cleaned_data["again"]):
            raise ValidationError("This is not the same as above.")
        return str(self.cleaned_data["again"])


class InvitationForm(NewPasswordForm):
    """What somebody invited says about himself."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        help_text="As it will be printed on your signatures.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "password", "again")


class ChangePasswordForm(NewPasswordForm):
    """The own password, by somebody who knows the present one."""

    old = password_field("Present password", "current-password")
    field_order = ("old", "password", "again")


class ForgottenForm(forms.Form):
    """Where to send the link."""

    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


class NameForm(forms.Form):
    """The own name."""

    name = forms.CharField(label="Name", max_length=120, help_text="As it will be printed on your next signatures.")


class PasswordForm(forms.Form):
    """The password again, before a step that somebody at an unattended screen should not take."""

    password = password_field("Password", "current-password")


class AddFactorForm(PasswordForm):
    """The code the app shows once it knows the secret."""

    code = code_field("Code shown by the app")
    field_order = ("code", "password")


class InviteForm(forms.Form):
    """Who is to be invited."""

    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autofocus": True}))
    is_administrator = forms.BooleanField(label="May manage accounts and see the health of the system", required=False)


class ReasonForm(forms.Form):
    """Why something is done to an account; it goes into the audit trail."""

    reason = forms.CharField(label="Reason", max_length=200)
