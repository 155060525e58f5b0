"""Identities at the provider: linked once by the signed-in person, found by issuer and subject, never by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.identity import person
from accounts.models import SignOnIdentity, User
from accounts.roles import Action, authorise
from accounts.sign_on.flow import Flow, session_mark
from accounts.sign_on.id_tokens import Identity
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, NotAllowed, WrongState

PROVED, PROVED_SECONDS = "accounts.sign-on.proved", 300
SESSION_ENDED = "Your session has ended since you began. Sign in and link your identity again."


def linked_to(user: User) -> SignOnIdentity | None:
    """The identity with which the person can sign in."""
    return SignOnIdentity.objects.filter(user=user).first()


def factor_is_at_provider(user: User) -> bool:
    """Whether the person can sign in at the provider, whose second factor the settings accept."""
    accepted = settings.SIGN_ON_SECOND_FACTOR_AMR or settings.SIGN_ON_SECOND_FACTOR_ACR
    linked = linked_to(user)
    return bool(settings.SIGN_ON_ISSUER and accepted and linked and linked.issuer == settings.SIGN_ON_ISSUER)


def person_linked(identity: Identity) -> User:
    """The person who linked this identity to their account."""
    known = SignOnIdentity.objects.select_related("user")
    linked = known.filter(issuer=identity.issuer, subject=identity.subject).first()
    if linked is None:
        name = settings.SIGN_ON_NAME
        text = f"No account is linked to your identity at {name}. Sign in with your password, then link it under"
        raise NotAllowed(message=f"{text} Your account.")
    return linked.user


def demand_active(user: User) -> None:
    """Refuses a disabled account, as for a password."""
    if not user.is_active:
        raise NotAllowed(message="Your account is disabled. Ask an administrator to enable it.")


def person_linking(flow: Flow) -> User:
    """The person who began to link; refuses if the account has changed since."""
    user = User.objects.active().filter(pk=flow.user, session_generation=flow.generation).first()
    if user is None:
        raise WrongState(SESSION_ENDED)
    return user


def proof_of(flow: Flow, identity: Identity) -> str:
    """A short-lived proof that the provider identified the person who links, for the session that began it."""
    held = {"user": flow.user, "generation": flow.generation, "session": flow.session}
    return signing.dumps(held | {"issuer": identity.issuer, "subject": identity.subject}, salt=PROVED)


def link_proved(*, user: User, session_key: str | None, proof: str) -> None:
    """Links the identity of the proof, if this person began it in this session."""
    try:
        held = signing.loads(proof, salt=PROVED, max_age=PROVED_SECONDS)
    except signing.BadSignature:
        raise BadInput("Linking your identity took too long. Please start again.") from None
    if (held["user"], held["session"]) != (user.pk, session_mark(session_key)):
        raise WrongState(SESSION_ENDED)
    identity = Identity(held["issuer"], held["subject"], second_factor=False)
    link(user=user, generation=held["generation"], identity=identity)


def link(*, user: User, generation: int, identity: Identity) -> None:
    """From now on the person can sign in with this identity. Each account has one, and each identity one account."""
    with audited_atomic():
        unchanged = User.objects.active().filter(pk=user.pk, session_generation=generation)
        if unchanged.select_for_update().first() is None:
            raise WrongState(SESSION_ENDED)
        made = SignOnIdentity(user=user, issuer=identity.issuer, subject=identity.subject)
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:
            raise WrongState(why_not_linked(user)) from None
        record_event("accounts.sign-on.linked", person(user), user, made)


def why_not_linked(user: User) -> str:
    """Why the identity could not be linked."""
    if linked_to(user):
        return "Your account is already linked to an identity. Remove the link before you make another one."
    return f"This identity at {settings.SIGN_ON_NAME} is already linked to another account. Use your own."


def remove_own_link(*, user: User) -> None:
    """The person signs in with their password again."""
    with audited_atomic():
        record_event("accounts.sign-on.removed", person(user), user, delete(user))


def remove_at_reset(user: User) -> None:
    """Anyone who knew the earlier password may have made the link. Within the transaction of the new password."""
    if linked_to(user):
        record_event("accounts.sign-on.removed", person(user), user, delete(user), reason="password reset")


def remove_link(*, user: User, reason: str, actor: Actor) -> None:
    """For an identity that is lost or not to be trusted: removes the link and ends every session of the account."""
    authorise(actor, Action.MANAGE_ACCOUNTS)
    with audited_atomic():
        User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
        gone = delete(user)
        record_event("accounts.sign-on.removed", actor, user, gone, reason=reason)


def delete(user: User) -> SignOnIdentity:
    """Deletes the link; returns what it was."""
    linked = SignOnIdentity.objects.select_for_update().filter(user=user).first()
    if linked is None:
        raise WrongState(f"The account of {user} is not linked to an identity.")
    SignOnIdentity.objects.filter(pk=linked.pk).delete()
    return linked


def record_event(action: str, actor: Actor, user: User, linked: SignOnIdentity, *, reason: str = "") -> None:
    record(
        action=action,
        actor=actor,
        stream="system",
        subject=("accounts.user", str(user.pk)),
        reason=reason,
        details={"account": str(user), "provider": linked.issuer},
        tracked=[linked],
    )
