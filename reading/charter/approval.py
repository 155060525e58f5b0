"""The imaging lead's approval of a signed charter, where its terms require it before a campaign opens."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.second_person import demand_second_person
from accounts.signatures import prove, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from reading.charter.versions import current_charter, terms_of
from reading.models import CampaignStatus, Charter, CharterStatus
from studies.models import Trial


def versions_waiting(versions: Iterable[Charter]) -> set[int]:
    """The numbers of those versions of a trial that are signed and that the imaging lead still has to approve.

    Once a version requires it, later ones need it as well: otherwise the next version could drop the requirement.
    """
    signed = [one for one in versions if one.status == CharterStatus.SIGNED]
    required = [one.version for one in signed if terms_of(one).lead_approval]
    return {one.version for one in signed if required and one.version >= min(required) and one.approval_id is None}


def waits_for_approval(charter: Charter) -> bool:
    """Whether the imaging lead still has to approve the version."""
    return charter.version in versions_waiting(charter.trial.charters.filter(version__lte=charter.version))


def why_unapproved(charter: Charter) -> str:
    """Why no campaign can be read under the version yet; empty if nothing is missing."""
    text = f"Charter version {charter.version} is waiting for the imaging lead's approval."
    return text if waits_for_approval(charter) else ""


def to_approve(trial: Trial) -> int:
    """How many versions wait: the newest signed one, and those of campaigns in preparation."""
    newest, waiting = current_charter(trial), versions_waiting(trial.charters.all())
    drafts = trial.campaigns.filter(status=CampaignStatus.DRAFT).values_list("charter__version", flat=True)
    return len(waiting & ({newest.version} if newest else set()).union(drafts))


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
        if terms_of(held).digest() != held.digest:
            raise WrongState(f"The terms of charter version {held.version} are not those that were signed.")
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
