"""Access tokens: a program needs one to act for one person, in one role of one trial."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from studies.models import Membership, Trial


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """Queries for access tokens."""

    def of_trial(self, trial: Trial) -> AccessTokenQuerySet:
        """The tokens of one trial, with the data that a list shows."""
        return self.filter(membership__trial=trial).select_related("membership__user", "membership__trial", "made_by")

    def valid(self, today: date) -> AccessTokenQuerySet:
        """The tokens that are valid today, including their role and account."""
        held = Q(membership__revoked_at=None, membership__pending=False, membership__user__is_active=True)
        return self.filter(held, revoked_at=None, expires_on__gte=today).exclude(digest="")


class AccessToken(models.Model):
    """A coordinator makes it for a membership; its text is shown once, to the person of that membership.

    Only the digest of the text is stored, and only once the text was shown. `expires_on` is the last day on which it is
    accepted.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="access_tokens")
    label = models.CharField(max_length=80)
    scopes = models.JSONField()
    digest = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField()
    collected_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="access_token_digest_once"),
        ]

    def __str__(self) -> str:
        return self.label

    def state(self, today: date) -> str:
        """The state of the token, as a word for a list."""
        if self.revoked_at is not None:
            return "revoked"
        if self.membership.revoked_at is not None:
            return "role ended"
        if self.expires_on < today:
            return "expired"
        return "in use" if self.digest else "to be collected"


class WrittenAnswer(models.Model):
    """The response to a program's write, under the key that it chose: a repetition gets the same response."""

    token = models.ForeignKey(AccessToken, on_delete=models.PROTECT, related_name="written_answers")
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    content = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="written_answer_key_once")]

    def __str__(self) -> str:
        return self.key
