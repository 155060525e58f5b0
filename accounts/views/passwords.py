"""Invitations and passwords by mailed link, and changing one's own password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms import ChangePasswordForm, ForgottenForm, InvitationForm, NewPasswordForm
from accounts.links import person_of
from accounts.passwords import change_password, forget_password, reset_password
from accounts.people import accept_invitation
from accounts.views.own import own
from config.errors import BadInput
from config.form_refusals import refused_on


@login_not_required
def forgotten(request: HttpRequest) -> HttpResponse:
    """Requests a link; the answer is the same whether or not the account exists."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        forget_password(email=form.cleaned_data["email"])
        return render(request, "account/link_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "account/forgotten.html", {"form": form}, status=400 if form.errors else 200)


@login_not_required
@sensitive_post_parameters()
def password_new(request: HttpRequest, token: str) -> HttpResponse:
    """Sets a new password through the mailed link; an invalid link leads to the form for requesting another."""
    try:
        user = person_of(token, "password")
    except BadInput as refusal:
        messages.error(request, str(refusal))
        return redirect("password_forgotten")
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            reset_password(user=user, password=form.cleaned_data["password"])
            messages.success(request, "Your new password has been set. Sign in with it.")
            return redirect("sign_in")
    return render(
        request, "account/password_new.html", {"form": form, "email": user.email}, status=400 if form.errors else 200
    )


@login_not_required
@sensitive_post_parameters()
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Sets the name and password of an invited person; an invalid link leads to the sign-in page."""
    try:
        user = person_of(token, "invitation")
    except BadInput as refusal:
        messages.error(request, str(refusal))
        return redirect("sign_in")
    form = InvitationForm(request.POST or None, user=user, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            accept_invitation(user=user, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
            messages.success(request, "Your account is ready. Sign in with your password.")
            return redirect("sign_in")
    return render(
        request, "account/invitation.html", {"form": form, "email": user.email}, status=400 if form.errors else 200
    )


@sensitive_post_parameters()
def password_change(request: HttpRequest) -> HttpResponse:
    """Changes a person's own password; the current one is required."""
    user = own(request)
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            change_password(request=request, user=user, old=form.cleaned_data["old"], new=form.cleaned_data["password"])
            messages.success(request, "Your password has been changed. Your other sessions have ended.")
            return redirect("profile")
    return render(request, "account/password_change.html", {"form": form}, status=400 if form.errors else 200)
