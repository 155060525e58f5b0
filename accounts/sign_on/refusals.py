"""Records that a sign-on or a link was refused."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.identity import person
from accounts.models import User
from accounts.sign_in import client_address
from audit.trail import Actor, audited_atomic, record


def record_refusal(request: HttpRequest, user: User | None, why: str) -> None:
    """Records that nobody was signed in or linked; nothing that the browser sent, except what the sentence quotes."""
    with audited_atomic():
        record(
            action="accounts.sign-on.refused",
            actor=person(user) if user else Actor.system("unknown person"),
            stream="system",
            subject=("accounts.user", str(user.pk) if user else "unknown"),
            details={"why": why, "from": client_address(request)},
        )
