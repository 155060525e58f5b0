"""Requests for the arms of a locked campaign: making, withdrawing and expiring them, and each custodian's package."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from accounts.roles import Action, authorise
from audit.anchors import signing_key
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from config.tokens import new_token
from config.transitions import moved
from jobs.queue import add
from reading.campaigns.case_seals import identities
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus
from reading.states import again_if_same, demand_reason, said_of
from scoring.datasets.corrections import lock_in_force
from scoring.models import ARMS_REQUEST_TRANSITIONS, ArmsRequest, ArmsRequestStatus, Lock, OpeningShare
from scoring.transfers.locked import is_interim
from studies.arms.custodian.custodian import PACKAGE, statement
from studies.arms.custodian_keys import demand_true_fingerprint, holds_arms, newest_import
from studies.models import ArmsImport, CustodianKey, SealedArm

UNDER_WAY = (ArmsRequestStatus.WAITING, ArmsRequestStatus.OPENING)
REQUEST_IS: dict[str, str] = {
    ArmsRequestStatus.WAITING: "is waiting for two custodians",
    ArmsRequestStatus.OPENING: "is being opened",
    ArmsRequestStatus.OPENED: "has been opened",
    ArmsRequestStatus.EXPIRED: "has expired",
    ArmsRequestStatus.WITHDRAWN: "has been withdrawn",
    ArmsRequestStatus.FAILED: "has failed",
}
REQUEST_BECOMES: dict[str, str] = {
    ArmsRequestStatus.OPENING: "opened",
    ArmsRequestStatus.OPENED: "opened",
    ArmsRequestStatus.EXPIRED: "ended",
    ArmsRequestStatus.WITHDRAWN: "withdrawn",
    ArmsRequestStatus.FAILED: "marked as failed",
}


def why_not_open(campaign: Campaign) -> list[str]:
    """The obstacles to opening this campaign's arms, in words."""
    obstacles = []
    if not holds_arms(campaign.trial):
        obstacles.append("The trial holds no arms.")
    if newest_import(campaign.trial) is None:
        obstacles.append("No arms have been imported.")
    if not terms_of(campaign.charter).arms_may_be_opened:
        obstacles.append(f"Charter version {campaign.charter.version} does not permit it.")
    if campaign.status != CampaignStatus.LOCKED:
        obstacles.append(f"{said_of(campaign)} It must be locked first.")
    if is_interim(campaign):
        obstacles.append("It was transferred as an interim, and the arms of an interim are never opened.")
    return obstacles


def ask_for_arms(*, campaign: Campaign, actor: Actor, user: User, reason: str) -> ArmsRequest:
    """Requests the shares of any two custodians within the time limit."""
    authorise(actor, Action.REQUEST_ARMS)
    demand_reason(reason)
    with audited_atomic():
        imported = import_to_open(Campaign.objects.select_for_update().get(pk=campaign.pk))
        if campaign.arms_requests.filter(status__in=UNDER_WAY).exists():
            raise WrongState(f"The arms of campaign {campaign.code} have already been requested.")
        asked = ArmsRequest.objects.create(
            campaign=campaign,
            lock=lock_in_force(campaign),
            imported=imported,
            token=new_token(),
            reason=reason.strip()[:500],
            requested_by=user,
            expires_at=timezone.now() + timedelta(hours=settings.ARMS_REQUEST_HOURS),
        )
        add(kind="scoring.mail_custodians", key=f"request-{asked.pk}", payload={"request": asked.pk})
        record_event("scoring.arms.requested", asked, actor, [asked], reason=asked.reason)
    return asked


def import_to_open(campaign: Campaign) -> ArmsImport:
    """The version of the arms that would be opened; WrongState names the obstacle."""
    imported, obstacles = newest_import(campaign.trial), why_not_open(campaign)
    if imported is None or obstacles:
        raise WrongState(f"The arms of campaign {campaign.code} cannot be opened. {' '.join(obstacles)}")
    return imported


def withdraw_request(*, asked: ArmsRequest, actor: Actor) -> None:
    """Withdraws the request; a submitted share is wiped."""
    authorise(actor, Action.REQUEST_ARMS)
    with audited_atomic():
        move_request(asked, ArmsRequestStatus.WITHDRAWN)
        wipe_shares(asked)
        record_event("scoring.arms-request.withdrawn", asked, actor, [asked])


def expire(asked: ArmsRequest) -> None:
    """Ends an expired request; a submitted share is wiped."""
    with audited_atomic():
        move_request(asked, ArmsRequestStatus.EXPIRED)
        wipe_shares(asked)
        record_event("scoring.arms-request.expired", asked, Actor.system("arms"), [asked])


def expire_all() -> None:
    """Ends every expired request; the sweeper calls this at intervals."""
    over = ArmsRequest.objects.filter(status=ArmsRequestStatus.WAITING, expires_at__lte=timezone.now())
    for asked in over.select_related("campaign__trial"):
        expire(asked)


def demand_waiting(asked: ArmsRequest) -> None:
    """Refuses a request that no longer accepts shares: it has expired, or its lock is no longer in force."""
    if asked.status == ArmsRequestStatus.WAITING and asked.expires_at <= timezone.now():
        expire(asked)
    if asked.status != ArmsRequestStatus.WAITING:
        raise WrongState(f"This request {REQUEST_IS[asked.status]}, so it accepts no shares.")
    demand_lock_in_force(asked)


def demand_lock_in_force(asked: ArmsRequest) -> None:
    """WrongState once the lock under which the arms were requested was opened again."""
    campaign = Campaign.objects.get(pk=asked.campaign_id)
    if campaign.status != CampaignStatus.LOCKED or lock_in_force(campaign).pk != asked.lock_id:
        raise WrongState(f"This request was made under lock {asked.lock.number}, which is no longer in force.")


def subjects_read(campaign: Campaign) -> set[int]:
    """The subjects whose cases the campaign reads."""
    return {films.subject for films in identities(list(campaign.cases.live())).values()}


def values_of(asked: ArmsRequest) -> list[SealedArm]:
    """The sealed arms of the campaign's subjects, by subject code: only arms of subjects that were read are opened."""
    found = SealedArm.objects.filter(imported=asked.imported, subject__in=subjects_read(asked.campaign))
    return list(found.select_related("subject").order_by("subject__code"))


def place_of(asked: ArmsRequest, key: CustodianKey) -> int:
    """The custodian's place among those to whom the version was sealed, from 1."""
    return int(asked.imported.keys.index(key.pk)) + 1


def key_of(asked: ArmsRequest, user: User) -> CustodianKey:
    """The custodian's key to which this version was sealed."""
    own = CustodianKey.objects.filter(pk__in=asked.imported.keys, custodian=user).order_by("-pk").first()
    if own is None:
        raise WrongState(f"Version {asked.imported.version} of the arms was not sealed to a key of yours.")
    demand_true_fingerprint(own)
    return own


def sealed_package(*, asked: ArmsRequest, actor: Actor, user: User) -> dict[str, Any]:
    """The sealed shares of one custodian only, which their tool converts to an opening share."""
    authorise(actor, Action.OPEN_ARMS)
    demand_waiting(asked)
    key = key_of(asked, user)
    place = place_of(asked, key)
    sealed = {value.subject.code: value.sealed["shares"][str(place)] for value in values_of(asked)}
    package = {
        "format": PACKAGE,
        "request": asked.token,
        "trial": asked.campaign.trial.code,
        "campaign": asked.campaign.code,
        "version": asked.imported.version,
        "reason": asked.reason,
        "fingerprint": key.fingerprint,
        "place": place,
        "subjects": len(sealed),
        "sealed": sealed,
        **facts_of_lock(asked.lock),
    }
    package["signature"] = signing_key().sign(statement(package)).hex()
    with audited_atomic():
        record_event("scoring.sealed-package.downloaded", asked, actor, fingerprint=key.fingerprint)
    return package


def facts_of_lock(lock: Lock) -> dict[str, Any]:
    """The root and the two people who signed it; WrongState if a signature covers another root."""
    signatures = [lock.requested, lock.confirmed]
    if any(signature.digest != lock.root for signature in signatures):
        raise WrongState(f"Lock {lock.number} has a root that its two signatures do not cover. No share can be given.")
    signed_by = [f"{one.printed_name}, {one.signed_at:%Y-%m-%d %H:%M} UTC: {one.meaning}" for one in signatures]
    return {"lock": lock.number, "root": lock.root, "signed_by": signed_by}


def move_request(asked: ArmsRequest, to: ArmsRequestStatus, **changes: object) -> None:
    """The request's next state, along ARMS_REQUEST_TRANSITIONS."""
    if not moved(asked, to, ARMS_REQUEST_TRANSITIONS, **changes):
        becomes = REQUEST_BECOMES[to] + again_if_same(asked.status, to)
        raise WrongState(f"This request {REQUEST_IS[asked.status]}, so it cannot be {becomes}.")


def wipe_shares(asked: ArmsRequest) -> None:
    """Removes the contents of the shares; the record of their submission is kept."""
    OpeningShare.objects.filter(request=asked).update(content=None)


def record_event(
    action: str, asked: ArmsRequest, actor: Actor, tracked: Sequence[Model] = (), reason: str = "", **details: object
) -> None:
    """One event about a request; never a share or a value."""
    record(
        action=action,
        actor=actor,
        stream=asked.campaign.trial.code,
        subject=("scoring.armsrequest", str(asked.pk)),
        reason=reason,
        details={"campaign": asked.campaign.code, "lock": asked.lock.number, **details},
        tracked=tracked,
    )
