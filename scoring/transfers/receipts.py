"""Delivery of a transfer: only the recipient downloads it, and signs that they received its number and root."""

from __future__ import annotations

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic
from config.errors import BadInput, NotAllowed, WrongState
from config.wording import quoted
from scoring.models import DataTransfer, TransferReceipt, TransferStatus
from scoring.transfers.asking import record_event

TRANSFER_IS: dict[str, str] = {
    TransferStatus.BUILDING: "is still being built",
    TransferStatus.READY: "is ready",
    TransferStatus.FAILED: "could not be built",
}


def demand_own(transfer: DataTransfer, user: User) -> None:
    """Refuses anyone but the recipient, and a transfer that is not ready."""
    if transfer.recipient_id != user.pk:
        raise NotAllowed(message=f"Transfer {transfer.number} is for {transfer.recipient}. Only they can receive it.")
    if transfer.status != TransferStatus.READY:
        raise WrongState(f"Transfer {transfer.number} {TRANSFER_IS[transfer.status]}. It cannot be received.")


def record_download(*, transfer: DataTransfer, actor: Actor, user: User, part: str = "") -> None:
    """Records in the audit trail that the recipient downloaded a copy, or a part of it."""
    authorise(actor, Action.RECEIVE_TRANSFER)
    demand_own(transfer, user)
    with audited_atomic():
        if part:
            record_event("scoring.transfer.downloaded", transfer, actor, part=part)
        else:
            record_event("scoring.transfer.downloaded", transfer, actor)


def record_comparison(*, transfer: DataTransfer, actor: Actor, user: User) -> DataTransfer:
    """Records that the recipient downloaded the rows that differ from the previous transfer, which is returned."""
    if transfer.before is None:
        purpose = transfer.get_purpose_display().lower()
        raise WrongState(
            f"Transfer {transfer.number} is the first with the purpose {purpose}, so there is none to compare it with."
        )
    record_download(transfer=transfer, actor=actor, user=user, part="row differences")
    return transfer.before


def receive(*, transfer: DataTransfer, actor: Actor, user: User, password: str, root: str) -> TransferReceipt:
    """The recipient signs the number and the root, which they enter from their copy. Sent twice, it is signed once."""
    authorise(actor, Action.RECEIVE_TRANSFER)
    demand_own(transfer, user)
    demand_same_root(transfer, root)
    prove(act=Act.TRANSFER_RECEIPT, user=user, password=password)
    with audited_atomic():
        DataTransfer.objects.select_for_update(no_key=True).get(pk=transfer.pk)
        if same := TransferReceipt.objects.filter(transfer=transfer).first():
            return same
        signature = write_signature(
            act=Act.TRANSFER_RECEIPT,
            actor=actor,
            user=user,
            record=("scoring.datatransfer", str(transfer.pk)),
            digest=what_is_signed(transfer),
            stream=transfer.campaign.trial.code,
        )
        receipt = TransferReceipt.objects.create(transfer=transfer, signature=signature)
        record_event("scoring.transfer.received", transfer, actor, rows=[receipt])
    return receipt


def demand_same_root(transfer: DataTransfer, root: str) -> None:
    """BadInput if the recipient's copy has another root."""
    if root.strip().lower() != transfer.root:
        raise BadInput(
            f"The root of your copy, {quoted(root.strip()[:64])}, is not that of transfer {transfer.number}. "
            "Download it again, or contact the person who requested it.",
            field="root",
        )


def what_is_signed(transfer: DataTransfer) -> str:
    """The digest of trial, campaign, number, purpose and root."""
    campaign = transfer.campaign
    return statement(
        trial=campaign.trial.code,
        campaign=campaign.code,
        number=transfer.number,
        purpose=transfer.purpose,
        root=transfer.root,
    )
