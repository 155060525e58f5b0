"""The likeness by which a film is recognised when sent again; sealed, because opening it shows the film."""

from __future__ import annotations

from django.db import models

from studies.models.film import Film


class SealedLikeness(models.Model):
    """A small picture of a film with its size, of one length for all films; written again when the film is."""

    film = models.OneToOneField(Film, on_delete=models.PROTECT, primary_key=True, related_name="likeness")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"likeness of film {self.film_id}"
