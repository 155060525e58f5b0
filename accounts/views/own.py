"""A person's own account: name, roles, second factor."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms import AddFactorForm, NameForm, PasswordForm
from accounts.identity import signed_in
from accounts.models import Signature, User
from accounts.navigation import places_of
from accounts.people import rename
from accounts.second_factor import (
    add_second_factor,
    codes_left,
    has_second_factor,
    needs_second_factor,
    new_secret,
    picture_of,
    remove_second_factor,
    renew_recovery_codes,
)
from accounts.sign_in import METHOD, MUST_ENROL, OWN_METHOD
from accounts.sign_on.identities import factor_is_at_provider
from accounts.signatures import check_password_for_signature
from config.errors import WrongState
from config.form_refusals import refused_on
from config.sent_forms import sent_from

SECRET = "accounts.totp-secret"  # noqa: S105  a key of the session


def own(request: HttpRequest) -> User:
    """The signed-in person."""
    return User.objects.get(pk=signed_in(request).pk)


def profile(request: HttpRequest) -> HttpResponse:
    """Shows the person's account, and lets them change their name."""
    user = own(request)
    form = NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            rename(user=user, name=form.cleaned_data["name"])
            messages.success(request, "Your name has been changed. Earlier signatures keep the earlier name.")
            return redirect("profile")
    context = {
        "form": form,
        "places": places_of(user.pk),
        "has_factor": has_second_factor(user),
        "codes_left": codes_left(user),
        "signatures": Signature.objects.filter(signer=user)[:10],
    }
    return render(request, "account/profile.html", context, status=400 if form.errors else 200)


def demand_provider_first(request: HttpRequest, user: User) -> None:
    """Refuses a password alone where the person's second factor is at the provider: a thief could add one of theirs."""
    by_password = request.session.get(METHOD, OWN_METHOD) == OWN_METHOD
    if request.session.get(MUST_ENROL) and by_password and factor_is_at_provider(user):
        text = f"Sign in with {settings.SIGN_ON_NAME} to add a second factor, or ask an administrator to remove the"
        raise WrongState(f"{text} single sign-on link.")


@sensitive_post_parameters()
def second_factor(request: HttpRequest) -> HttpResponse:
    """Adds a second factor, or shows the existing one."""
    user = own(request)
    if has_second_factor(user):
        context = {"left": codes_left(user), "demanded": needs_second_factor(user), "form": PasswordForm()}
        return render(request, "account/second_factor.html", context)
    demand_provider_first(request, user)
    form = AddFactorForm(request.POST or None)
    secret = request.session.setdefault(SECRET, new_secret())
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            check_password_for_signature(user=user, password=form.cleaned_data["password"])
            codes = add_second_factor(user=user, secret=secret, code=form.cleaned_data["code"])
            del request.session[SECRET]
            request.session[MUST_ENROL] = False
            return render(request, "account/recovery_codes.html", {"codes": codes})
    # Our own SVG of our own secret: nothing in it is user input.
    picture = mark_safe(picture_of(user, secret))  # noqa: S308
    context = {"form": form, "secret": secret, "picture": picture, "demanded": needs_second_factor(user)}
    return render(request, "account/second_factor_add.html", context, status=400 if form.errors else 200)


@sent_from("second_factor")
@sensitive_post_parameters()
def second_factor_remove(request: HttpRequest) -> HttpResponse:
    """Removes the person's own second factor."""
    user, form = own(request), PasswordForm(request.POST)
    if form.is_valid():
        check_password_for_signature(user=user, password=form.cleaned_data["password"])
        remove_second_factor(user=user)
        messages.success(request, "Your second factor has been removed.")
    else:
        messages.error(request, "Enter your password to remove the second factor.")
    return redirect("profile" if form.is_valid() else "second_factor")


@sent_from("second_factor")
@sensitive_post_parameters()
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Makes new recovery codes and shows them once."""
    user, form = own(request), PasswordForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Enter your password to get new recovery codes.")
        return redirect("second_factor")
    check_password_for_signature(user=user, password=form.cleaned_data["password"])
    return render(request, "account/recovery_codes.html", {"codes": renew_recovery_codes(user=user)})
