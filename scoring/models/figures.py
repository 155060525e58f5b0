"""Figures that a job computed from signed values, kept until a page shows newer ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from reading.models import Campaign


class AgreementFigures(models.Model):
    """The agreement of a campaign's readers for a group of sites over the interval to a visit; computed again at will.

    `end` is empty while no case has two visits and a result. `state` is that of everything signed when the computation
    began, at `as_of`. The figures are sealed (scoring.ratings.kept_figures): they include a change for each case.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="agreement_figures")
    group = models.CharField(max_length=40)
    end = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=64, blank=True)
    as_of = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "group", "end"], name="agreement_figures_once"),
        ]

    def __str__(self) -> str:
        return f"agreement of {self.campaign_id}, {self.group}, to {self.end or 'no visit'}"
