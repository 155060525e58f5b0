"""Transfers of the demo's campaigns to the statistician, a signed receipt, and a decision of the data review."""

from __future__ import annotations

from reading.models import Campaign
from rehearsal.demo.filling import Filling, settle
from scoring.models import DataTransfer, Decided
from scoring.transfers.asking import WantedTransfer, ask_for_transfer
from scoring.transfers.receipts import receive
from scoring.transfers.reviewing import NewDecision, decide, findings_of

NOTE = "All reviewers agreed. It does not affect the endpoint."


def transfer(run: Filling, found: Campaign, purpose: str, *, nth: int = 1) -> DataTransfer:
    """The nth transfer of the campaign with this purpose, requested once."""
    made = DataTransfer.objects.filter(campaign=found, purpose=purpose).order_by("number")
    if made.count() < nth:
        user = run.user("statistician")
        wanted = WantedTransfer(purpose=purpose, recipient=user)
        ask_for_transfer(campaign=found, actor=run.actor("statistician"), user=user, wanted=wanted)
    settle(run)
    return made.select_related("campaign__trial", "recipient")[nth - 1]


def sign_receipt(run: Filling, made: DataTransfer) -> None:
    """The statistician signs that the transfer arrived complete; repeated calls sign only once."""
    receive(transfer=made, root=made.root, **run.signs("statistician"))


def decide_on_one(run: Filling, made: DataTransfer) -> None:
    """Decides on the first finding; the others are left for the visitor."""
    findings = findings_of(made)
    if findings and not made.decisions.exists():
        deciding = NewDecision(findings=(findings[0]["FINDING"],), decision=Decided.ACCEPTED, note=NOTE)
        decide(transfer=made, deciding=deciding, **run.signs("statistician"))
