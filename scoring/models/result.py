"""Results of cases. Insert-only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from reading.models import Case


class Outcome(models.TextChoices):
    """The computed outcome of a case."""

    CONSENSUS = "consensus", "Consensus of the readers"
    DISCORDANT = "discordant", "To be adjudicated"
    ADJUDICATED = "adjudicated", "Adjudicated"


class CaseResult(models.Model):
    """One computation for a case: inputs, rule, trigger and exact numbers. The newest version counts. Insert-only.

    `inputs` lists the digests of the signed values it was computed from; `trigger` holds the largest difference and its
    threshold. What follows the true order is in `sealed` (scoring.consensus.sealed_result): the numbers as fractions
    "n/d" by reader and for the result, by the values signed last and by those signed first, whether the readers
    disagreed by the latter, the timepoints that only some readers could evaluate, and the readers that decide.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="results")
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    rule = models.CharField(max_length=40)
    inputs = models.JSONField()
    inputs_digest = models.CharField(max_length=64)
    trigger = models.JSONField()
    sealed = models.BinaryField()
    computed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["case", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "version"], name="case_result_version_once"),
            models.UniqueConstraint(fields=["case", "inputs_digest"], name="case_result_inputs_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="case_result_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"result {self.case_id}.{self.version}"
