"""Sealed arms, for trials that choose to store them: the choice, the custodians' public keys, imports, ciphertext."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from studies.models.trial import Subject, Trial


class ArmsHolding(models.Model):
    """The choice of a trial to store sealed arms. Without this row it stores none and no page mentions them.

    `opened_at` is when arms of the trial were first opened, `received_at` when anyone first received them.
    """

    trial = models.OneToOneField(Trial, on_delete=models.PROTECT, related_name="arms_holding")
    reason = models.CharField(max_length=200)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"trial {self.trial_id} holds arms"


class CustodianKeyQuerySet(models.QuerySet["CustodianKey"]):
    """Queries for keys."""

    def usable(self) -> CustodianKeyQuerySet:
        """Keys to which new values are sealed: confirmed, not replaced, their custodian still in that role."""
        return self.filter(
            confirmed_at__isnull=False,
            replaced_at__isnull=True,
            custodian__is_active=True,
            trial__memberships__user=models.F("custodian"),
            trial__memberships__role="custodian",
            trial__memberships__revoked_at=None,
            trial__memberships__pending=False,
        ).order_by("pk")


class CustodianKey(models.Model):
    """A custodian's public key (base64 of 32 bytes, X25519). The private key never reaches the server."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="custodian_keys")
    custodian = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    public_key = models.CharField(max_length=44)
    fingerprint = models.CharField(max_length=40)
    registered_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = CustodianKeyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["trial", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "public_key"], name="custodian_key_once"),
            models.UniqueConstraint(
                fields=["trial", "custodian"], condition=Q(replaced_at__isnull=True), name="one_key_a_custodian"
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint


class ArmsImport(models.Model):
    """One import of the whole list; the newest version is valid. `keys` are the ids of the keys used, by place."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="arms_imports")
    version = models.PositiveIntegerField()
    keys = models.JSONField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["trial", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "version"], name="arms_version_once")]

    def __str__(self) -> str:
        return f"arms version {self.version}"


class SealedArm(models.Model):
    """One subject's arm as ciphertext (studies.arms_sealing). Insert-only."""

    imported = models.ForeignKey(ArmsImport, on_delete=models.PROTECT, related_name="values")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    sealed = models.JSONField()

    class Meta:
        ordering: ClassVar = ["imported", "subject"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["imported", "subject"], name="sealed_arm_once")]

    def __str__(self) -> str:
        return "sealed"
