"""What the audit trail may hear of training, and its regulated tables."""

from __future__ import annotations

from accounts.roles import Role
from audit.protection import protect
from audit.registry import declare

for table in ("trainingset", "sealedreference", "trainingmarks", "trainingresult"):
    protect(f"reading_{table}")

RUNS_TRAINING = frozenset({Role.COORDINATOR, Role.LEAD, Role.STATISTICIAN, Role.AUDITOR})
declare("reading.training.made", says="made a campaign one for training", seen_by=RUNS_TRAINING)
declare("reading.training.referenced", says="brought reference scores", seen_by=RUNS_TRAINING)
declare("reading.training.asked", says="asked for training reads", seen_by=RUNS_TRAINING)
declare("reading.training.marked", says="laid the reference beside signed reads", seen_by=RUNS_TRAINING)
declare("reading.training.assessed", says="assessed a trained reader", seen_by=RUNS_TRAINING)
