"""Passwords: changed by their owner, or reset through a mailed link. Nobody else can set one."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from accounts.identity import person
from accounts.link_mail import mail_forgotten, mail_link
from accounts.models import User
from accounts.people import check_new_password, record_event
from accounts.roles import Action, authorise
from accounts.sign_on.identities import remove_at_reset
from accounts.signatures import check_password_for_signature
from audit.trail import Actor, audited_atomic
from config.errors import WrongState


def change_password(*, request: HttpRequest, user: User, old: str, new: str) -> None:
    """Changes a person's own password; every other session of the account ends, this one continues."""
    check_password_for_signature(user=user, password=old)
    check_new_password(new, user)
    with audited_atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        update_session_auth_hash(request, user)
        record_event("accounts.password.changed", person(user), user, tracked=[user])


def forget_password(*, email: str) -> None:
    """Mails a link if the address has an active account; the answer and its timing are the same either way."""
    address = email.strip().lower()
    user = User.objects.active().filter(email=address).first()
    with audited_atomic():
        mail_forgotten(address=address, user=user if user and user.has_usable_password() else None)


def send_password_link(*, user: User, reason: str, actor: Actor) -> None:
    """Mails the link for a person who cannot sign in."""
    authorise(actor, Action.MANAGE_ACCOUNTS)
    if not user.is_active:
        raise WrongState(f"The account of {user} is disabled. Enable it before sending a link for a new password.")
    if not user.has_usable_password():
        raise WrongState(f"The invitation of {user} has not been accepted yet. Send it again instead.")
    with audited_atomic():
        mail_link(user=user, purpose="password")
        record_event("accounts.password-link.sent", actor, user, reason=reason)


def reset_password(*, user: User, password: str) -> None:
    """Sets a new password through the mailed link; ends every session and every link, also that to the provider."""
    check_new_password(password, user)
    with audited_atomic():
        user.set_password(password)
        user.session_generation += 1
        user.save(update_fields=["password", "session_generation"])
        record_event("accounts.password.reset", person(user), user, tracked=[user])
        remove_at_reset(user)
