"""Mailed links for accepting an invitation or setting a new password. Each works once and expires.

An administrator can have a link sent but never sees it; only the owner of the mailbox can set the password.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.utils.crypto import salted_hmac

from accounts.models import User
from config.errors import BadInput
from config.wording import counted

AGES = {"invitation": timedelta(days=14), "password": timedelta(hours=2)}
NEXT_STEPS = {
    "invitation": "Ask your administrator to send the invitation again.",
    "password": "Request a new one here.",
}


def link_token(user: User, purpose: str) -> str:
    """The secret part of a link."""
    return signing.dumps({"user": user.pk, "state": state(user)}, salt=f"accounts.{purpose}")


def person_of(token: str, purpose: str) -> User:
    """The person to whom a link was mailed; refuses a link that was used, has expired or is for a disabled account."""
    try:
        held = signing.loads(token, salt=f"accounts.{purpose}", max_age=AGES[purpose])
    except signing.BadSignature:
        held = {"user": None, "state": ""}
    user = User.objects.active().filter(pk=held["user"]).first()
    if user is None or state(user) != held["state"]:
        raise BadInput(
            f"This link does not work. Each link works once, for {words(AGES[purpose])} after it was sent, "
            f"and must be copied whole. {NEXT_STEPS[purpose]}"
        )
    return user


def words(age: timedelta) -> str:
    """A length of time in words."""
    return counted(age.days, "day") if age.days else counted(age.seconds // 3600, "hour")


def state(user: User) -> str:
    # It includes the password hash, so that setting a password invalidates every link sent before.
    value = f"{user.password}:{user.session_generation}:{user.invited_at}"
    return salted_hmac("accounts.link", value, algorithm="sha256").hexdigest()[:32]
