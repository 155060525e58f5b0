"""Machines that may send films: a token for STOW-RS, a pair of AE titles and an address for C-STORE."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from studies.models.trial import Site, Trial

IN_USE = Q(revoked_at__isnull=True)


class SenderToken(models.Model):
    """A bearer token of one site; only its digest is kept."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="sender_tokens")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="sender_tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["trial", "site", "label"]

    def __str__(self) -> str:
        return self.label


class DicomPeer(models.Model):
    """An archive or device of one site: its own title, the title it calls, and its address."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="dicom_peers")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="dicom_peers")
    calling_ae = models.CharField(max_length=16)
    called_ae = models.CharField(max_length=16)
    address = models.GenericIPAddressField()
    admitted_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["called_ae", "calling_ae"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["calling_ae", "called_ae", "address"], condition=IN_USE, name="dicom_peer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calling_ae} at {self.address} to {self.called_ae}"
