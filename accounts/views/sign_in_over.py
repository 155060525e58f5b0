"""Signing in again on a page whose session has ended, so that nothing typed into it is lost."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import User
from accounts.second_factor import has_second_factor, needs_second_factor
from accounts.sign_in import (
    MUST_ENROL,
    OWN_METHOD,
    begin_session,
    check_code,
    check_password,
    half_in,
    person_half_in,
    user_token,
)
from accounts.views.sign_in import TOO_LATE, WRONG, WRONG_CODE
from config.errors import BadInput
from config.given_json import sent_json

OTHER_PERSON = "This page was opened by another person. Open Blindread in a new tab and sign in there."
NO_FACTOR = "Your role requires a second factor. Use another tab to sign in, then come back to this page."


@login_not_required
@sensitive_post_parameters()
def sign_in_over(request: HttpRequest) -> HttpResponse:
    """GET returns a token to post with; POST signs in and returns a new one.

    POST {email, password}, as JSON or as a form; when the answer is {"needs": "code", "proof"}, then {proof, code}.
    All fields can be sent at once. With `user_token` the person must be the one for whom the page was made.
    """
    if request.method != "POST":
        return JsonResponse({"csrf": get_token(request), "signed_in": request.user.is_authenticated})
    sent = what_was_sent(request)
    return second_step(request, sent) if sent.get("proof") else first_step(request, sent)


def what_was_sent(request: HttpRequest) -> dict[str, str]:
    """The form or the JSON object of the request, as text by name."""
    if request.content_type != "application/json":
        return {name: str(value) for name, value in request.POST.items()}
    sent = sent_json(request)
    if not isinstance(sent, dict):
        raise BadInput("The request is not a JSON object. Send one with email and password, or a form.")
    return {name: str(value) for name, value in sent.items()}


def first_step(request: HttpRequest, sent: dict[str, str]) -> JsonResponse:
    """Address and password."""
    user = check_password(request, email=sent.get("email", ""), password=sent.get("password", ""))
    if user is None:
        return JsonResponse({"error": WRONG}, status=401)
    if sent.get("code") and has_second_factor(user):
        return second_step(request, {**sent, "proof": half_in(user)})
    if has_second_factor(user):
        return JsonResponse({"error": "A code is needed.", "needs": "code", "proof": half_in(user)}, status=401)
    return enter(request, user, sent)


def second_step(request: HttpRequest, sent: dict[str, str]) -> JsonResponse:
    """The code, with the proof of the first step."""
    user, method = person_half_in(sent["proof"])
    if user is None:
        return JsonResponse({"error": TOO_LATE}, status=401)
    if not check_code(request, user=user, code=sent.get("code", "")):
        return JsonResponse({"error": WRONG_CODE, "needs": "code", "proof": sent["proof"]}, status=401)
    return enter(request, user, sent, method)


def enter(request: HttpRequest, user: User, sent: dict[str, str], method: str = OWN_METHOD) -> JsonResponse:
    """Signs in, if the page belongs to this person and they need not add a second factor first."""
    if sent.get("user_token", user_token(user)) != user_token(user):
        return JsonResponse({"error": OTHER_PERSON}, status=409)
    if has_second_factor(user) or not needs_second_factor(user):
        begin_session(request, user, method=method)
    elif not signed_in_elsewhere(request, user):
        return JsonResponse({"error": NO_FACTOR}, status=409)
    return JsonResponse({"csrf": get_token(request), "user_token": user_token(user)})


def signed_in_elsewhere(request: HttpRequest, user: User) -> bool:
    """Whether the person has signed in meanwhile in another tab, with a second factor: that session is used here."""
    return request.user == user and not request.session.get(MUST_ENROL)
