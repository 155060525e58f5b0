"""Forms about accounts. A password is never sent back into a field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from accounts.models import User


def password_field(label: str, autocomplete: str, **kwargs: Any) -> forms.CharField:
    """A password field, typed or filled in by a password manager."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=1000, **kwargs)


def code_field(label: str) -> forms.CharField:
    """A field for a code from the authenticator app or a recovery code."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=attrs))


class SignInForm(forms.Form):
    """The first step of signing in."""

    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = password_field("Password", "current-password")


class CodeForm(forms.Form):
    """The second step, with the proof of the first step."""

    code = code_field("Code")
    proof = forms.CharField(widget=forms.HiddenInput)


class NewPasswordForm(forms.Form):
    """A new password, typed twice. It must not resemble the name or e-mail address of `user`."""

    password = password_field("New password", "new-password")
    again = password_field("Repeat the new password", "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        """Applies the password rules of the installation."""
        self.user.name = self.data.get("name", self.user.name)
        validate_password(self.cleaned_data["password"], self.user)
        return str(self.cleaned_data["password"])

    def clean_again(self) -> str:
        """Detects typing errors."""
        if self.cleaned_data["again"] != self.cleaned_data.get("password", self.cleaned_data["again"]):
            raise ValidationError("The two passwords are not the same.")
        return str(self.cleaned_data["again"])


class InvitationForm(NewPasswordForm):
    """The name and password of an invited person."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        help_text="As it will appear on your signatures.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "password", "again")


class ChangePasswordForm(NewPasswordForm):
    """A person changes their own password; the current one is required."""

    old = password_field("Current password", "current-password")
    field_order = ("old", "password", "again")


class ForgottenForm(forms.Form):
    """The address to which the link is sent."""

    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


class NameForm(forms.Form):
    """A person's own name."""

    name = forms.CharField(label="Name", max_length=120, help_text="As it will appear on your future signatures.")


class PasswordForm(forms.Form):
    """The password again, so that nobody else can take the step at an unattended screen."""

    password = password_field("Password", "current-password")


class AddFactorForm(PasswordForm):
    """The code that the authenticator app shows once it has the secret."""

    code = code_field("Code shown by the app")
    field_order = ("code", "password")


class InviteForm(forms.Form):
    """The person to be invited."""

    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autofocus": True}))
    is_administrator = forms.BooleanField(label="Administrator (manages accounts, sees health)", required=False)


class AccountReasonForm(forms.Form):
    """The reason for changing an account, recorded in the audit trail."""

    reason = forms.CharField(label="Reason", max_length=200)
