"""Opening the lock in force: two people sign its root and the reason; the next lock has the next number."""

from __future__ import annotations

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.second_person import demand_second_person
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act
from audit import anchors
from audit.trail import Actor, audited_atomic
from config.errors import WrongState
from reading.campaigns.analysis_of_record import demand_not_of_record
from reading.campaigns.opening import move_campaign
from reading.models import Campaign, CampaignStatus
from reading.states import demand_reason
from scoring.datasets.corrections import lock_in_force
from scoring.datasets.locking import record_lock
from scoring.models import Lock, Unlock


def ask_unlock(*, lock: Lock, actor: Actor, user: User, password: str, reason: str) -> Unlock:
    """Requests unlocking of the lock in force, with a reason; another person must agree. Sent twice, it counts once."""
    authorise(actor, Action.REQUEST_UNLOCK)
    demand_reason(reason)
    prove(act=Act.UNLOCK_REQUEST, user=user, password=password)
    reason = reason.strip()[:500]
    with audited_atomic():
        campaign = Campaign.objects.select_for_update().select_related("trial").get(pk=lock.campaign_id)
        asked = Unlock.objects.filter(lock=lock).select_related("requested").first()
        if asked and asked.requested.signer_id == user.pk and asked.reason == reason:
            return asked
        demand_unlockable(lock, campaign)
        if asked:
            raise WrongState(f"Unlocking of lock {lock.number} has already been requested.")
        requested = sign_unlock(Act.UNLOCK_REQUEST, lock, reason, actor, user)
        asked = Unlock.objects.create(lock=lock, reason=reason, requested=requested)
        record_lock("scoring.unlock.requested", lock.dataset, actor, reason, tracked=(asked,))
    return asked


def agree_unlock(*, unlock: Unlock, actor: Actor, user: User, password: str) -> None:
    """The second person agrees: the campaign is closed again, and the locked dataset is unchanged."""
    authorise(actor, Action.CONFIRM_LOCK)
    prove(act=Act.UNLOCK_AGREEMENT, user=user, password=password)
    with audited_atomic():
        campaign = Campaign.objects.select_for_update().select_related("trial").get(pk=unlock.lock.campaign_id)
        unlock = Unlock.objects.select_related("requested", "agreed", "lock__dataset__campaign__trial").get(
            pk=unlock.pk
        )
        demand_second_person(Act.UNLOCK_AGREEMENT, first=unlock.requested.signer_id, second=user.pk)
        if unlock.agreed and unlock.agreed.signer_id == user.pk:
            return
        if unlock.agreed:
            raise WrongState(f"Lock {unlock.lock.number} has already been unlocked.")
        demand_unlockable(unlock.lock, campaign)
        agreed = sign_unlock(Act.UNLOCK_AGREEMENT, unlock.lock, unlock.reason, actor, user)
        Unlock.objects.filter(pk=unlock.pk).update(agreed=agreed)
        move_campaign(campaign, CampaignStatus.CLOSED)
        record_lock("scoring.unlock.approved", unlock.lock.dataset, actor, unlock.reason, tracked=(unlock, campaign))
        anchors.write_on_commit()


def demand_unlockable(lock: Lock, campaign: Campaign) -> None:
    """WrongState unless this lock is in force and no arm was received since."""
    if campaign.status != CampaignStatus.LOCKED or lock.pk != lock_in_force(campaign).pk:
        raise WrongState(f"Lock {lock.number} is no longer in force. Only the lock in force can be unlocked.")
    demand_not_of_record(campaign, "unlocked")


def sign_unlock(act: Act, lock: Lock, reason: str, actor: Actor, user: User) -> Signature:
    """A signature over the root of the lock and the reason."""
    return write_signature(
        act=act,
        actor=actor,
        user=user,
        record=("scoring.lock", str(lock.pk)),
        digest=statement(lock=lock.number, root=lock.root, reason=reason),
        stream=lock.dataset.campaign.trial.code,
    )
