"""The sealed tables: data needed later that nobody may see now, encrypted with a key outside the database.

Written by reading.seals.seal, opened by a short list of modules (reading.seals).
"""

from __future__ import annotations

from django.db import models

from reading.models.campaign import Batch, Case
from reading.models.read import DisplayedTimepoint, Read


class SealedCase(models.Model):
    """The subject of a case, and its visits with their films in true order."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "sealed"


class SealedTimepoint(models.Model):
    """The visit of a timepoint."""

    timepoint = models.OneToOneField(DisplayedTimepoint, on_delete=models.PROTECT, primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "sealed"


class SealedRead(models.Model):
    """The reason why a read was issued: first read, trigger or control."""

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
