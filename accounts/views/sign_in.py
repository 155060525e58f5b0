"""Signing in, in two steps where there is a second factor, and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms import CodeForm, SignInForm
from accounts.models import User
from accounts.second_factor import has_second_factor
from accounts.sign_in import begin_session, check_code, check_password, end_session, half_in, person_half_in
from accounts.sign_on import flow as flows
from config.sent_forms import sent_from

WRONG = "The e-mail address or the password is wrong, or the account is not active."
WRONG_CODE = "The code is wrong or has already been used."
TOO_LATE = "The sign-in took too long. Please start again."


def next_page(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this installation, otherwise the home page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else settings.LOGIN_REDIRECT_URL


@login_not_required
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first step: address and password."""
    if request.user.is_authenticated:
        return redirect(next_page(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = check_password(request, **form.cleaned_data)
        if user is not None:
            return finish_or_ask_code(request, user)
        form.add_error(None, WRONG)
    return render(request, "account/sign_in.html", {"form": form, "next": next_page(request)})


def finish_or_ask_code(request: HttpRequest, user: User) -> HttpResponse:
    """Signs in directly, or asks for the code."""
    if has_second_factor(user):
        return ask_code(request, CodeForm(initial={"proof": half_in(user)}))
    begin_session(request, user)
    return redirect(next_page(request))


def ask_code(request: HttpRequest, form: CodeForm, wanted: str = "") -> HttpResponse:
    """The page of the second step; `wanted` is where to go afterwards, if the request does not say."""
    return render(request, "account/sign_in_code.html", {"form": form, "next": wanted or next_page(request)})


@login_not_required
@sent_from("sign_in")
@sensitive_post_parameters()
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: the code."""
    form = CodeForm(request.POST)
    user, method = person_half_in(request.POST.get("proof", ""))
    if user is None:
        again = SignInForm({"email": "", "password": ""})
        again.errors.clear()
        again.add_error(None, TOO_LATE)
        return render(request, "account/sign_in.html", {"form": again, "next": next_page(request)})
    if form.is_valid():
        if check_code(request, user=user, code=form.cleaned_data["code"]):
            begin_session(request, user, method=method)
            return redirect(next_page(request))
        form.add_error("code", WRONG_CODE)
    return ask_code(request, form)


@login_not_required
@sent_from("home")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Signs out and goes to the sign-in page; the browser clears its cache of the pages.

    Its storage is not cleared: unsent entries are kept there, encrypted, until their reader signs in again.
    """
    end_session(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response["Clear-Site-Data"] = '"cache"'
    response.delete_cookie(settings.CSRF_COOKIE_NAME, samesite="Strict")
    flows.forget(response)
    return response
