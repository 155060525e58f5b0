"""Signing in and out: e-mail address and password, then a code if there is a second factor. Every attempt is recorded.

Failures of both are counted together by address and computer; too many lock both out for a time.
"""

from __future__ import annotations

import time
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.signals import user_login_failed
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from accounts.alerts import alert_administrators
from accounts.identity import person
from accounts.models import User
from accounts.second_factor import has_second_factor, needs_second_factor, spend_code
from audit.trail import Actor, audited_atomic, record
from config.wording import counted

BACKEND = "django.contrib.auth.backends.ModelBackend"
HALF_IN, HALF_IN_SECONDS = "accounts.half-in", 300
OWN_METHOD = "password"  # the method of signing in that needs no provider
# Longer than any account's address, and as much as the count of failures holds.
TOO_LONG = 255
BEGAN, SEEN, MUST_ENROL, METHOD = "began", "seen", "must_enrol", "method"


def check_password(request: HttpRequest, *, email: str, password: str) -> User | None:
    """The person with that address and password; otherwise None, and the failure is recorded."""
    email = email.strip().lower()[:TOO_LONG]
    user = authenticate(request, username=email, password=password) if may_try(request, email) else None
    if isinstance(user, User):
        return user
    record_failure(request, User.objects.filter(email=email).first(), "password")
    return None


def check_code(request: HttpRequest, *, user: User, code: str) -> bool:
    """Whether the code of the second factor is correct; wrong codes count as failed sign-ins."""
    if may_try(request, user.email):
        if spend_code(user=user, code=code):
            return True
        user_login_failed.send(sender=__name__, credentials={"username": user.email}, request=request)
    record_failure(request, user, "second factor")
    return False


def may_try(request: HttpRequest, email: str) -> bool:
    """Whether address and computer are not locked out; django-axes marks the request."""
    allowed = bool(AxesProxyHandler.is_allowed(request, {"username": email}))
    request.axes_locked_out = request.already_locked_out = not allowed  # type: ignore[attr-defined]
    return allowed


def record_failure(request: HttpRequest, user: User | None, what: str) -> None:
    """Records a failure without what was typed: people type passwords into the wrong field."""
    # Recorded and alerted once, by the attempt that reached the limit.
    just_locked = getattr(request, "axes_locked_out", False) and not getattr(request, "already_locked_out", False)
    with audited_atomic():
        record(
            action="accounts.sign-in.locked" if just_locked else "accounts.sign-in.failed",
            actor=person(user) if user else Actor.system("unknown person"),
            stream="system",
            subject=("accounts.user", str(user.pk) if user else "unknown"),
            details={"wrong": what, "from": client_address(request)},
        )
        if user and just_locked:
            alert_administrators(subject=user, what="was locked after repeated failed sign-ins")


def half_in(user: User, method: str = OWN_METHOD) -> str:
    """A short-lived proof that the first step succeeded, by password or at a provider; to be sent with the code."""
    held = {"user": user.pk, "generation": user.session_generation, "method": method}
    return signing.dumps(held, salt=HALF_IN)


def person_half_in(proof: str) -> tuple[User | None, str]:
    """The person the proof is for and the method; no person if it is older than five minutes or the account changed."""
    try:
        held = signing.loads(proof, salt=HALF_IN, max_age=HALF_IN_SECONDS)
    except signing.BadSignature:
        return None, ""
    active = User.objects.active().filter(pk=held["user"], session_generation=held["generation"])
    return active.first(), held["method"]


def begin_session(request: HttpRequest, user: User, *, method: str = OWN_METHOD, factor_used: bool = False) -> None:
    """Signs the person in with a new session id and a new token.

    `factor_used`: the provider at which they signed in demanded a second factor that the settings accept.
    """
    with audited_atomic():
        login(request, user, backend=BACKEND)
        stamp(request)
        request.session[METHOD] = method
        second_factor = factor_used or has_second_factor(user)
        request.session[MUST_ENROL] = needs_second_factor(user) and not second_factor
        record(
            action="accounts.session.started",
            actor=person(user),
            stream="system",
            subject=("accounts.user", str(user.pk)),
            details={"from": client_address(request), "second_factor": second_factor, "method": method},
        )


def stamp(request: HttpRequest) -> None:
    """Starts the idle time and the maximum session length."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def end_session(request: HttpRequest, *, reason: str = "") -> None:
    """Signs the person out and deletes the session."""
    user = request.user
    if isinstance(user, User):
        with audited_atomic():
            record(
                action="accounts.session.ended",
                actor=person(user),
                stream="system",
                subject=("accounts.user", str(user.pk)),
                reason=reason,
            )
            logout(request)
    else:
        logout(request)


def user_token(user: User) -> str:
    """A token by which a page checks that the signed-in person is the one it was made for; reveals nothing else."""
    return salted_hmac("accounts.user-token", str(user.pk), algorithm="sha256").hexdigest()[:32]


def client_address(request: HttpRequest) -> str | None:
    """The client's address; behind the proxy, the one added last, because earlier ones can be forged."""
    if settings.SECURE_PROXY_SSL_HEADER and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR") or None


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """The response to a locked-out sign-in, for every way of signing in."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    if "application/json" in request.headers.get("Accept", "") or request.content_type == "application/json":
        return JsonResponse(
            {"error": f"locked out; try again in {counted(minutes, 'minute')}", "locked": True}, status=429
        )
    return render(request, "account/locked.html", {"minutes": minutes}, status=429)
