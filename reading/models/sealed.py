"""The sealed tables: what must be known later and may not be seen now, encrypted with a key outside the database.

Written by reading.unblinding.seal, opened by a short list of modules (reading.unblinding).
"""

from __future__ import annotations

from django.db import models

from reading.models.campaign import Batch, Case
from reading.models.read import DisplayedTimepoint, Read


class SealedCase(models.Model):
    """Whose case it is and which film belongs to which visit, in true order."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "sealed"


class SealedTimepoint(models.Model):
    """Which visit a timepoint shows."""

    timepoint = models.OneToOneField(DisplayedTimepoint, on_delete=models.PROTECT, primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "sealed"


class SealedRead(models.Model):
    """Why a read was issued: first read, trigger or control."""

    read = models.OneToOneField(Read, on_delete=models.PROTECT, primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "sealed"


class SealedSeed(models.Model):
    """The seed from which a batch's orders were drawn; revealed after the lock."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "sealed"
