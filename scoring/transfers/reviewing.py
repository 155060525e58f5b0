"""The blinded data review: the findings of a review transfer, verified by digest, and signed decisions on them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.process_cache import Kept
from config.unnamed_files import on_disk
from config.wording import both
from reading.campaigns.analysis_of_record import arms_opened_at
from scoring.models import DataTransfer, Decided, Purpose, ReviewDecision, TransferStatus
from scoring.transfers.listing_tables import FINDINGS
from scoring.transfers.receipts import TRANSFER_IS
from studies.arrival.sealed_files import copy_export
from studies.naming import checked_choice, checked_text

LONGEST_NOTE = 500
FindingRow = dict[str, str]
kept = Kept[list[FindingRow]](size=4)


@dataclass(frozen=True, kw_only=True)
class NewDecision:
    """A person's decision, its findings and reason; `undecided` leaves out findings that have a decision."""

    findings: tuple[str, ...]
    decision: str
    note: str
    undecided: bool = False


def findings_of(transfer: DataTransfer) -> list[FindingRow]:
    """The findings of a review transfer, each once, as in its package."""
    demand_review(transfer)
    return kept.of(transfer.pk, transfer.root, lambda: read_findings(transfer))


def demand_review(transfer: DataTransfer) -> None:
    """WrongState for a transfer without findings."""
    if transfer.purpose != Purpose.REVIEW:
        purpose = transfer.get_purpose_display().lower()
        raise WrongState(f"Transfer {transfer.number} has the purpose {purpose}. Only a data review has findings.")
    if transfer.status != TransferStatus.READY:
        raise WrongState(f"Transfer {transfer.number} {TRANSFER_IS[transfer.status]}, so it has no findings.")


def read_findings(transfer: DataTransfer) -> list[FindingRow]:
    """The rows of findings.csv."""
    with on_disk() as file:
        copy_export(transfer.folder, file)
        with zipfile.ZipFile(file) as archive:
            (name,) = [name for name in archive.namelist() if name.endswith(f"/{FINDINGS.name}")]
            with archive.open(name) as packed:
                rows = csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline=""))
                return list({row["FINDING"]: row for row in rows}.values())


def newest_decisions(transfer: DataTransfer) -> dict[str, ReviewDecision]:
    """The valid decision on each finding that has one."""
    decisions = ReviewDecision.objects.filter(transfer=transfer).select_related("signature").order_by("number")
    return {finding: one for one in decisions for finding in one.findings}


def decide(*, transfer: DataTransfer, actor: Actor, user: User, password: str, deciding: NewDecision) -> ReviewDecision:
    """Signs a decision over the root of the listings and the findings. The same form sent twice is recorded once."""
    authorise(actor, Action.DECIDE_REVIEW)
    chosen = checked(transfer, deciding)
    prove(act=Act.REVIEW_DECISION, user=user, password=password)
    with audited_atomic():
        DataTransfer.objects.select_for_update(no_key=True).get(pk=transfer.pk)
        last = ReviewDecision.objects.filter(transfer=transfer).select_related("signature").last()
        left = left_to_decide(transfer, chosen["findings"]) if deciding.undecided else chosen["findings"]
        if last and last.signature.signer_id == user.pk and is_sent_twice(last, chosen, left):
            return last
        if not left:
            raise WrongState("Each of these findings was decided in the meantime. The list shows the decisions.")
        opened = arms_opened_at(transfer.campaign.trial) is not None
        facts = {**chosen, "findings": left, "number": (last.number if last else 0) + 1, "after_unblinding": opened}
        signature = write_signature(
            act=Act.REVIEW_DECISION,
            actor=actor,
            user=user,
            record=("scoring.datatransfer", str(transfer.pk)),
            digest=statement(root=transfer.root, **facts),
            stream=transfer.campaign.trial.code,
        )
        made = ReviewDecision.objects.create(transfer=transfer, signature=signature, **facts)
        record_decision(made, actor)
    return made


def left_to_decide(transfer: DataTransfer, findings: Sequence[str]) -> list[str]:
    """The findings without a decision."""
    decided = newest_decisions(transfer)
    return [finding for finding in findings if finding not in decided]


def is_sent_twice(last: ReviewDecision, chosen: dict[str, Any], left: Sequence[str]) -> bool:
    """Whether the last decision is the same on the same findings, or on the last of them that had none."""
    if (last.decision, last.note) != (chosen["decision"], chosen["note"]):
        return False
    return last.findings == chosen["findings"] or (not left and set(last.findings) <= set(chosen["findings"]))


def checked(transfer: DataTransfer, deciding: NewDecision) -> dict[str, Any]:
    """The columns of a decision; BadInput names a finding that the transfer does not have."""
    known = {one["FINDING"] for one in findings_of(transfer)}
    if unknown := sorted(set(deciding.findings) - known):
        raise BadInput(f"Transfer {transfer.number} has no finding {both(unknown[:5])}. Choose one from its list.")
    return {
        "findings": sorted(deciding.findings),
        "decision": checked_choice("decision", deciding.decision, Decided.choices),
        "note": checked_text("reason", deciding.note, longest=LONGEST_NOTE, field="note"),
    }


def record_decision(made: ReviewDecision, actor: Actor) -> None:
    """Records the event of a decision; its reason is only in the record."""
    transfer = made.transfer
    record(
        action="scoring.finding.decided",
        actor=actor,
        stream=transfer.campaign.trial.code,
        subject=("scoring.datatransfer", str(transfer.pk)),
        details={
            "campaign": transfer.campaign.code,
            "number": transfer.number,
            "root": transfer.root,
            "findings": len(made.findings),
            "decision": made.decision,
            "after_unblinding": made.after_unblinding,
        },
        rows=[made],
    )


def called(transfer: DataTransfer, name: str) -> list[FindingRow]:
    """The finding of that name, or every finding of that kind."""
    return [one for one in findings_of(transfer) if name in (one["FINDING"], one["KIND"])]
