"""The imaging lead's approval of a signed charter, where its terms require it before a campaign opens."""

from __future__ import annotations

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.second_person import demand_second_person
from accounts.signatures import prove, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from reading.charter.versions import current_charter, terms_of
from reading.models import Charter, CharterStatus
from studies.models import Trial


def waits_for_approval(charter: Charter) -> bool:
    """Whether the version is signed and the imaging lead still has to approve it."""
    signed = charter.status == CharterStatus.SIGNED
    return signed and charter.approval_id is None and terms_of(charter).lead_approval


def why_unapproved(charter: Charter) -> str:
    """Why no campaign can be read under the version yet; empty if nothing is missing."""
    text = f"Charter version {charter.version} is waiting for the imaging lead's approval."
    return text if waits_for_approval(charter) else ""


def to_approve(trial: Trial) -> int:
    """1 if the newest signed version waits for its approval, otherwise 0."""
    newest = current_charter(trial)
    return int(newest is not None and waits_for_approval(newest))


def approve_charter(*, charter: Charter, actor: Actor, user: User, password: str) -> Charter:
    """Approves a signed version. The same form sent twice approves once."""
    authorise(actor, Action.APPROVE_CHARTER)
    prove(act=Act.CHARTER_APPROVAL, user=user, password=password)
    with audited_atomic():
        current = Charter.objects.select_for_update(of=("self",)).select_related("trial", "signature", "approval")
        held = current.get(pk=charter.pk)
        if held.approval is not None and held.approval.signer_id == user.pk:
            return held
        if not waits_for_approval(held):
            raise WrongState(f"Charter version {held.version} is not waiting for approval. Load the page again.")
        first = held.signature.signer_id if held.signature else None
        demand_second_person(Act.CHARTER_APPROVAL, first=first, second=user.pk)
        held.approval = write_signature(
            act=Act.CHARTER_APPROVAL,
            actor=actor,
            user=user,
            record=("reading.charter", str(held.pk)),
            digest=held.digest,
            stream=held.trial.code,
        )
        Charter.objects.filter(pk=held.pk).update(approval=held.approval)
        record(
            action="reading.charter.approved",
            actor=actor,
            stream=held.trial.code,
            subject=("reading.charter", str(held.pk)),
            details={"version": held.version, "digest": held.digest},
            tracked=[held],
        )
    return held
