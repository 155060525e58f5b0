"""Changes to accounts: invite, accept, rename, disable, enable. Administrators never set or see a password."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.identity import person
from accounts.link_mail import mail_link
from accounts.models import User
from accounts.roles import Action, authorise
from audit.models import Event
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.names import demand_readable, imitated
from config.wording import quoted

LONGEST_ADDRESS = 254


def invite(*, email: str, actor: Actor, is_administrator: bool = False, by_mail: bool = True, name: str = "") -> User:
    """Creates an account without a password and mails the link to set one; the person can still change a given name."""
    authorise_or_system(actor)
    email, name = checked_email(email), checked_name(name) if name.strip() else ""
    with audited_atomic():
        user = User(email=email, name=name, is_administrator=is_administrator, invited_at=timezone.now())
        if name:
            demand_distinct(name, user)
        user.set_unusable_password()
        with used_once(email):
            user.save()
        record_event(
            "accounts.user.invited",
            actor,
            user,
            details={"email": email, "administrator": is_administrator},
            tracked=[user],
        )
        if by_mail:
            mail_link(user=user, purpose="invitation")
    return user


@contextmanager
def used_once(email: str) -> Iterator[None]:
    """Refuses a new account if another one was created for its address after the check."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise already_there(email) from None


def inviters_of(users: Iterable[int]) -> dict[int, int | None]:
    """Who created each account, according to the audit trail; None for the system. Later invitations are ignored."""
    earlier = Event.objects.filter(
        action="accounts.user.invited", subject_type="accounts.user", subject_id__in=[str(user) for user in users]
    )
    return {int(user): actor for user, actor in earlier.order_by("-pk").values_list("subject_id", "actor_id")}


def authorise_or_system(actor: Actor) -> None:
    """Accounts are created by an administrator, or at the console while there is no administrator."""
    if actor.user_id is not None:
        authorise(actor, Action.MANAGE_ACCOUNTS)


def checked_email(email: str) -> str:
    """The address in lower case; refuses one that is invalid or already has an account."""
    email = checked_address(email)
    if User.objects.filter(email=email).exists():
        raise already_there(email)
    return email


def already_there(email: str) -> BadInput:
    """The refusal of an address that already has an account."""
    return BadInput(f"There is already an account with the e-mail address {email}. Use another.", field="email")


def checked_address(email: str) -> str:
    """The address in lower case; refuses one that is invalid or too long."""
    email = email.strip().lower()
    if len(email) > LONGEST_ADDRESS:
        text = f"The e-mail address has {len(email)} characters. At most {LONGEST_ADDRESS} are allowed."
        raise BadInput(text, field="email")
    try:
        validate_email(email)
    except ValidationError:
        text = f"The e-mail address {quoted(email)} is not valid. Enter one such as name@example.org."
        raise BadInput(text, field="email") from None
    return email


def invite_again(*, user: User, actor: Actor) -> None:
    """Sends a new invitation; earlier links stop working."""
    authorise_or_system(actor)
    if not user.is_active:
        raise WrongState(f"The account of {user} is disabled. Enable it before sending the invitation again.")
    if user.has_usable_password():
        raise WrongState(f"The invitation of {user} has been accepted. Send a link for a new password instead.")
    with audited_atomic():
        User.objects.filter(pk=user.pk).update(invited_at=timezone.now())
        record_event("accounts.user.invited", actor, user, details={"email": user.email, "again": True})
        mail_link(user=user, purpose="invitation")


def accept_invitation(*, user: User, name: str, password: str) -> None:
    """Sets the person's own name and password; the account can be used from now on."""
    name = checked_name(name)
    demand_distinct(name, user)
    user.name = name
    check_new_password(password, user)
    with audited_atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.has_usable_password():
            raise WrongState("You have already accepted this invitation. Sign in with your password.")
        given, locked.name = locked.name, name
        locked.set_password(password)
        locked.save(update_fields=["name", "password"])
        record_event(
            "accounts.invitation.accepted", person(locked), locked, changes={"name": [given, name]}, tracked=[locked]
        )


def check_new_password(password: str, user: User) -> None:
    """Refuses a password that is too short, too common or too much like the person."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages), field="password") from None


def checked_name(name: str) -> str:
    """A name as it appears on signatures."""
    name = demand_readable("name", " ".join(name.split()), field="name")
    if not 2 <= len(name) <= 120:
        text = f"A name has 2 to 120 characters. You gave {quoted(name)}, which has {len(name)}."
        raise BadInput(text, field="name")
    return name


def demand_distinct(name: str, user: User, also: Iterable[str] = ()) -> None:
    """Refuses a name that imitates another person's name in letters of another alphabet; equal names are allowed.

    `also` are names of people who have no account yet.
    """
    others = User.objects.exclude(pk=user.pk).exclude(name="").values_list("name", flat=True)
    if other := imitated(name, chain(others.iterator(), also)):
        text = f"The name {quoted(name)} looks like {quoted(other)}, the name of another person. Type it differently."
        raise BadInput(text, field="name")


def rename(*, user: User, name: str) -> None:
    """Changes the person's own name; existing signatures keep the earlier name."""
    name = checked_name(name)
    demand_distinct(name, user)
    with audited_atomic():
        old = User.objects.select_for_update().get(pk=user.pk).name
        if old == name:
            return
        User.objects.filter(pk=user.pk).update(name=name)
        record_event("accounts.user.renamed", person(user), user, changes={"name": [old, name]}, tracked=[user])


def disable(*, user: User, reason: str, actor: Actor) -> None:
    """Ends every session and prevents sign-in; the account and its records stay. Refuses the last administrator."""
    authorise(actor, Action.MANAGE_ACCOUNTS)
    with audited_atomic():
        keep_an_administrator(user)
        active = User.objects.active().filter(pk=user.pk)
        if active.update(is_active=False, session_generation=F("session_generation") + 1) != 1:
            raise WrongState(f"The account of {user} is already disabled.")
        record_event(
            "accounts.user.disabled", actor, user, reason=reason, changes={"is_active": [True, False]}, tracked=[user]
        )


def enable(*, user: User, reason: str, actor: Actor) -> None:
    """Lets the person sign in again with their earlier password; ended sessions stay ended."""
    authorise(actor, Action.MANAGE_ACCOUNTS)
    with audited_atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True) != 1:
            raise WrongState(f"The account of {user} is not disabled.")
        record_event(
            "accounts.user.enabled", actor, user, reason=reason, changes={"is_active": [False, True]}, tracked=[user]
        )


def set_administrator(*, user: User, is_administrator: bool, reason: str, actor: Actor) -> None:
    """Grants or revokes the administrator role; the person's sessions end, because their rights have changed."""
    authorise(actor, Action.MANAGE_ACCOUNTS)
    with audited_atomic():
        if not is_administrator:
            keep_an_administrator(user)
        changed = (
            User.objects.active()
            .filter(pk=user.pk, is_administrator=not is_administrator)
            .update(is_administrator=is_administrator, session_generation=F("session_generation") + 1)
        )
        if changed != 1:
            raise WrongState(why_unchanged(user, is_administrator))
        change = {"is_administrator": [not is_administrator, is_administrator]}
        action = f"accounts.administrator-role.{'granted' if is_administrator else 'revoked'}"
        record_event(action, actor, user, reason=reason, changes=change, tracked=[user])


def why_unchanged(user: User, is_administrator: bool) -> str:
    """Why the administrator role could not be granted or revoked."""
    if not User.objects.active().filter(pk=user.pk).exists():
        return f"The account of {user} is disabled. Enable it first."
    return f"The account of {user} is {'already' if is_administrator else 'not'} an administrator account."


def keep_an_administrator(user: User) -> None:
    """Refuses to remove the last administrator: nobody could appoint another."""
    others = User.objects.select_for_update().filter(is_active=True, is_administrator=True)
    if user.is_administrator and [other.pk for other in others] == [user.pk]:
        text = f"The account of {user} is the last administrator account."
        raise WrongState(f"{text} Make another person an administrator first.")


def end_sessions(*, user: User, reason: str, actor: Actor) -> None:
    """Signs the person out everywhere."""
    authorise(actor, Action.MANAGE_ACCOUNTS)
    with audited_atomic():
        User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
        record_event("accounts.sessions.ended", actor, user, reason=reason)


def record_event(
    action: str,
    actor: Actor,
    user: User,
    *,
    reason: str = "",
    changes: Mapping[str, Sequence[object]] | None = None,
    details: dict[str, object] | None = None,
    tracked: Sequence[User] = (),
) -> None:
    """Records one event about an account; `tracked` is the account where one of its tracked columns changed."""
    record(
        action=action,
        actor=actor,
        stream="system",
        subject=("accounts.user", str(user.pk)),
        reason=reason,
        changes=changes,
        details={"account": str(user), **(details or {})},
        tracked=tracked,
    )
