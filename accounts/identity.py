"""How the audit trail identifies people who act on accounts."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Action, Role, authorise
from audit.trail import Actor
from config.errors import NotAllowed


def person(user: User) -> Actor:
    """A person acting on their own account; this is not a role, so it permits nothing else."""
    return Actor(user_id=user.pk, label=str(user), role="person")


def signed_in(request: HttpRequest) -> User:
    """The account that made the request; NotAllowed for a visitor."""
    if not isinstance(request.user, User):
        raise NotAllowed(message="You are not signed in. Sign in first.")
    return request.user


def administrator(request: HttpRequest, action: Action) -> Actor:
    """The administrator who made the request; NotAllowed for anybody else."""
    user = request.user
    if not isinstance(user, User) or not user.is_administrator:
        raise NotAllowed(str(action))
    actor = Actor(user_id=user.pk, label=str(user), role=Role.ADMINISTRATOR)
    authorise(actor, action)
    return actor
