"""The second factor: codes of an authenticator app (TOTP), and ten recovery codes in case it is lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.identity import person
from accounts.models import User
from accounts.navigation import places_of
from accounts.roles import Action, Role, authorise
from audit.trail import Actor, audited_atomic, record
from config.env import BadSetting
from config.errors import BadInput, WrongState
from config.wording import joined, quoted

SUBJECT = "accounts.user"
MFA_PERIOD = 30  # seconds, as every authenticator app expects


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps second-factor secrets encrypted: a copy of the database alone yields no codes."""

    def _fernet(self) -> Fernet:
        key = hashlib.sha256(b"accounts.second-factor" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return self._fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; WrongState when it was stored under another SECRET_KEY."""
        try:
            return self._fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            text = "Your second factor can no longer be read. Ask an administrator to reset it."
            raise WrongState(text) from None


def has_second_factor(user: User) -> bool:
    """Whether signing in requires a code after the password."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def needs_second_factor(user: User) -> bool:
    """Whether one of the person's roles requires a second factor (ROLES_WITH_SECOND_FACTOR)."""
    roles = {str(place.role) for place in places_of(user.pk)}
    if user.is_administrator:
        roles.add(Role.ADMINISTRATOR)
    return bool(roles & set(settings.ROLES_WITH_SECOND_FACTOR))


def demand_known_roles(names: Sequence[str]) -> None:
    """BadSetting when ROLES_WITH_SECOND_FACTOR names an unknown role: a wrong name would require nothing of anybody."""
    allowed = [role.value for role in Role if role != Role.SYSTEM]
    for name in names:
        if name not in allowed:
            text = f"ROLES_WITH_SECOND_FACTOR has {quoted(name)}, which is not a role."
            raise BadSetting(f"{text} Give one or more of {joined(allowed, 'and')}, separated by commas.")


def demand_second_factor(*, user: User, role: str) -> None:
    """Ends the person's sessions if the role requires a second factor: they add one when they sign in again."""
    if role not in settings.ROLES_WITH_SECOND_FACTOR or has_second_factor(user):
        return
    with audited_atomic():
        User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
        reason = "a role that requires a second factor was granted"
        record_event("accounts.sessions.ended", Actor.system("roles"), user, [], reason=reason)


def spend_code(*, user: User, code: str) -> bool:
    """Whether the code is valid now. App codes and recovery codes each work once."""
    code = code.replace(" ", "")
    return spend_app_code(user, code) or spend_recovery_code(user, code)


def spend_app_code(user: User, code: str) -> bool:
    """A code of this or an adjacent half minute, newer than the last one accepted: no code works twice."""
    with transaction.atomic():
        factor = factor_for_update(user, Authenticator.Type.TOTP)
        if factor is None:
            return False
        secret, last = decrypt(factor.data["secret"]), factor.data.get("last", 0)
        for counter in range(now() - 1, now() + 2):
            right = hmac.compare_digest(format_hotp_value(hotp_value(secret, counter)).encode(), code.encode())
            if right and counter > last:
                factor.data["last"] = counter
                factor.last_used_at = timezone.now()
                factor.save(update_fields=["data", "last_used_at"])
                return True
    return False


def spend_recovery_code(user: User, code: str) -> bool:
    """Uses up a recovery code and records it."""
    with audited_atomic():
        factor = factor_for_update(user, Authenticator.Type.RECOVERY_CODES)
        if factor is None or not factor.wrap().validate_code(code):
            return False
        details: dict[str, object] = {"left": codes_left(user)}
        record_event("accounts.recovery-code.used", person(user), user, [factor], details=details)
    return True


def factor_for_update(user: User, kind: str) -> Authenticator | None:
    return Authenticator.objects.select_for_update().filter(user=user, type=kind).first()


def now() -> int:
    return int(time.time()) // MFA_PERIOD


def new_secret() -> str:
    """A new secret for one attempt to add the app."""
    return str(generate_totp_secret())


def picture_of(user: User, secret: str) -> str:
    """The QR code of the secret, as SVG."""
    sealed = SealedSecrets()
    return str(sealed.build_totp_svg(sealed.build_totp_url(user, secret)))


def add_second_factor(*, user: User, secret: str, code: str) -> list[str]:
    """Links the app to the account once it shows the right code; returns the recovery codes."""
    shown = {format_hotp_value(hotp_value(secret, now() + step)) for step in (-1, 0, 1)}
    if code.replace(" ", "") not in shown:
        text = f"The code {quoted(code)} is not valid. Type the six digits that the app shows now."
        raise BadInput(text, field="code")
    with audited_atomic():
        if has_second_factor(user):
            raise WrongState("You already have a second factor. Remove it before you add another one.")
        app, codes = TOTP.activate(user, secret), RecoveryCodes.activate(user)
        record_event("accounts.second-factor.added", person(user), user, [app.instance, codes.instance])
    return list(codes.get_unused_codes())


def renew_recovery_codes(*, user: User) -> list[str]:
    """Makes ten new codes; the old ones stop working."""
    with audited_atomic():
        if not has_second_factor(user):
            raise WrongState("You have no second factor. Add one to get recovery codes.")
        gone = delete(user, Authenticator.Type.RECOVERY_CODES)
        codes = RecoveryCodes.activate(user)
        record_event("accounts.recovery-codes.renewed", person(user), user, [*gone, codes.instance])
    return list(codes.get_unused_codes())


def codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(factor.wrap().get_unused_codes()) if factor else 0


def remove_second_factor(*, user: User) -> None:
    """Removes a person's own second factor, unless their role requires one."""
    if needs_second_factor(user):
        text = "Your role requires a second factor, so you cannot remove it. An administrator can reset it."
        raise WrongState(text)
    with audited_atomic():
        record_event("accounts.second-factor.removed", person(user), user, delete_all(user))


def reset_second_factor(*, user: User, reason: str, actor: Actor) -> None:
    """For a lost phone: removes the second factor and ends every session of the account. Nobody resets their own."""
    authorise(actor, Action.MANAGE_ACCOUNTS)
    if actor.user_id == user.pk:
        raise WrongState("You cannot reset your own second factor. Ask another administrator to reset it.")
    with audited_atomic():
        gone = delete_all(user)
        User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
        record_event("accounts.second-factor.reset", actor, user, gone, reason=reason)


def delete_all(user: User) -> list[Authenticator]:
    gone = delete(user, *Authenticator.Type.values)
    if not gone:
        raise WrongState(f"The account of {user} has no second factor.")
    return gone


def delete(user: User, *kinds: str) -> list[Authenticator]:
    """Deletes the factors of these kinds; returns what they were."""
    factors = Authenticator.objects.filter(user=user, type__in=kinds)
    gone = list(factors)
    factors.delete()
    return gone


def record_event(
    action: str,
    actor: Actor,
    user: User,
    factors: Sequence[Authenticator],
    *,
    reason: str = "",
    details: dict[str, object] | None = None,
) -> None:
    record(
        action=action,
        actor=actor,
        stream="system",
        subject=(SUBJECT, str(user.pk)),
        reason=reason,
        details={"account": str(user), **(details or {})},
        tracked=factors,
    )
