"""The audit actions about training."""

from __future__ import annotations

from accounts.roles import Role
from audit.declared_actions import declare

RUNS_TRAINING = frozenset({Role.COORDINATOR, Role.LEAD, Role.STATISTICIAN, Role.AUDITOR})


def training(name: str, label: str, sentence: str) -> None:
    """Declares an action on a training campaign."""
    declare(name, label=label, sentence=sentence, seen_by=RUNS_TRAINING)


training("reading.training.set-up", "Training set up", "set up campaign {campaign|id} for training")
training(
    "reading.reference-scores.imported",
    "Reference scores imported",
    "imported the reference scores of training campaign {campaign|id}[ for {cases:case}]"
    "[: the consensus of campaign {consensus of}]",
)
training(
    "reading.training-reads.requested",
    "Training reads requested",
    "requested training reads in campaign {campaign|id}[: {reads:read}][ for {readers:reader}]",
)
training(
    "reading.training-reads.compared",
    "Training reads compared",
    "compared signed reads of campaign {campaign|id} with the reference[ ({reads:read})]",
)
training(
    "reading.training.assessed",
    "Trained reader assessed",
    "assessed [{name}, ]a trained reader of campaign {campaign|id}[, who passed{passed?}]",
)
