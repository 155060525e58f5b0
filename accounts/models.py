"""The account of a person. What they may do in a trial is in studies.Membership."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac


class UserQuerySet(models.QuerySet["User"]):
    """Queries for accounts."""

    def active(self) -> UserQuerySet:
        """Accounts that are not disabled."""
        return self.filter(is_active=True)

    def administrators(self) -> UserQuerySet:
        """Active administrators of the installation."""
        return self.active().filter(is_administrator=True)


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case; accounts are made by accounts.people."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of this address."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """One person. An account is never deleted or passed on: it is disabled, and its id stays in every record.

    `session_generation` is part of what a session is checked against: increasing it ends every session immediately.
    """

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField(default=False)
    session_generation = models.PositiveIntegerField(default=0)
    wrong_signature_passwords = models.PositiveSmallIntegerField(default=0)
    invited_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering: ClassVar = ["name", "email"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. The stored hash changes only when its owner sets another password."""
        return check_password(raw_password, self.password)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        value = f"{self.password}:{self.session_generation}"
        return salted_hmac("accounts.session", value, secret=secret, algorithm="sha256").hexdigest()


class SignOnIdentity(models.Model):
    """The identity with which a person can sign in at the single sign-on provider: issuer and subject, as verified."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="sign_on_identity")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_linked_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"


class Signature(models.Model):
    """An electronic signature: signer, time, meaning, and the bytes of the record that it covers. Insert-only.

    Name and role are kept as signed, so that the signature stays the same when the account changes. It is bound
    to its record by the digest, and by the audit event that contains the digest of this row.
    """

    signer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="signatures")
    printed_name = models.CharField(max_length=254)
    role = models.CharField(max_length=20)
    meaning = models.CharField(max_length=200)
    record_kind = models.CharField(max_length=60)
    record_id = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    method = models.CharField(max_length=20, default="password")
    signed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-signed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["signer", "meaning", "record_kind", "record_id", "digest"], name="signed_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["record_kind", "record_id"], name="signature_of_record")]

    def __str__(self) -> str:
        return f"{self.printed_name}: {self.meaning}"
