"""Two people lock a dataset. Unlocking needs a reason and a second person; the next lock has the next number."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.signatures import check_password_for_signature, write_signature
from audit import anchors
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import counted
from reading.campaigns.opening import identities, move_campaign
from reading.campaigns.outstanding import outstanding_in
from reading.models import Campaign, CampaignStatus
from reading.states import demand_reason, said_of
from scoring.datasets.building import move_dataset, said_of_dataset
from scoring.models import Dataset, DatasetStatus, Lock, LockRequest, Unlock
from studies.models import Question, QuestionStatus

REQUEST_MEANING = "I request the lock of this dataset"
CONFIRM_MEANING = "I confirm the lock of this dataset"


def why_not_lock(campaign: Campaign) -> list[str]:
    """What blocks a lock, in plain words."""
    obstacles = []
    if campaign.status != CampaignStatus.CLOSED:
        obstacles.append(f"{said_of(campaign)} It must be closed and not locked.")
    if left := outstanding_in(campaign).reads:
        obstacles.append(f"{counted(left, 'read is', 'reads are')} not signed.")
    open_questions = Question.objects.filter(trial=campaign.trial).exclude(status=QuestionStatus.CLOSED).count()
    blocking = questions_on(campaign)
    if blocking:
        questions = counted(open_questions, "open question")
        concern = "concerns" if blocking == 1 else "concern"
        obstacles.append(f"{blocking} of {questions} {concern} subjects of this campaign.")
    return obstacles


def questions_on(campaign: Campaign) -> int:
    """Open questions about subjects whose cases are in the campaign."""
    subjects = {frozen.subject for frozen in identities(list(campaign.cases.live())).values()}
    about = Question.objects.exclude(status=QuestionStatus.CLOSED).filter(trial=campaign.trial)
    found = about.values_list("subject_id", "visit__subject_id", "film__subject_id")
    return sum(bool(subjects & set(ids)) for ids in found)


def demand_lockable(dataset: Dataset) -> None:
    """WrongState while something blocks a lock."""
    if obstacles := why_not_lock(dataset.campaign):
        raise WrongState(f"Dataset {dataset.number} cannot be locked yet. {' '.join(obstacles)}")


def request_lock(*, dataset: Dataset, actor: Actor, user: User, password: str) -> LockRequest:
    """The statistician signs the root; the second signer must confirm it."""
    authorise(actor, Action.REQUEST_LOCK)
    demand_lockable(dataset)
    check_password_for_signature(user=user, password=password)
    with audited_atomic():
        move_dataset(dataset, DatasetStatus.LOCK_REQUESTED)
        signature = sign_root(dataset, actor, user, REQUEST_MEANING)
        request = LockRequest.objects.create(dataset=dataset, signature=signature)
        record_lock("scoring.lock.requested", dataset, actor)
    return request


def sign_root(dataset: Dataset, actor: Actor, user: User, meaning: str) -> Signature:
    """A signature over the package's root."""
    return write_signature(
        actor=actor,
        user=user,
        meaning=meaning,
        record=("scoring.dataset", str(dataset.pk)),
        digest=dataset.root,
        stream=dataset.campaign.trial.code,
    )


def record_lock(
    action: str, dataset: Dataset, actor: Actor, reason: str = "", rows: tuple[models.Model, ...] = ()
) -> None:
    """One event about a lock of a dataset."""
    record(
        action=action,
        actor=actor,
        stream=dataset.campaign.trial.code,
        subject=("scoring.dataset", str(dataset.pk)),
        reason=reason,
        details={"campaign": dataset.campaign.code, "number": dataset.number, "root": dataset.root},
        rows=rows,
    )


def confirm_lock(*, dataset: Dataset, actor: Actor, user: User, password: str) -> Lock:
    """The second person signs the same root; from then on the dataset is immutable."""
    authorise(actor, Action.CONFIRM_LOCK)
    request = open_request(dataset)
    if request.signature.signer_id == user.pk:
        raise BadInput("You requested this lock yourself. Another person must confirm it.")
    demand_lockable(dataset)
    check_password_for_signature(user=user, password=password)
    with audited_atomic():
        confirmed = sign_root(dataset, actor, user, CONFIRM_MEANING)
        move_campaign(dataset.campaign, CampaignStatus.LOCKED)
        move_dataset(dataset, DatasetStatus.LOCKED)
        lock = Lock.objects.create(
            dataset=dataset,
            campaign=dataset.campaign,
            number=Lock.objects.filter(campaign=dataset.campaign).count() + 1,
            root=dataset.root,
            requested=request.signature,
            confirmed=confirmed,
            row_diff=dataset.counts.get("diff", {}),
        )
        record_lock("scoring.lock.confirmed", dataset, actor, rows=(lock, dataset))
        anchors.write_on_commit()
    return lock


def decline_lock(*, dataset: Dataset, actor: Actor, reason: str) -> None:
    """The second signer declines the lock: the dataset is discarded, and a new one is built after correction."""
    authorise(actor, Action.CONFIRM_LOCK)
    demand_reason(reason)
    request = open_request(dataset)
    with audited_atomic():
        LockRequest.objects.filter(pk=request.pk).update(withdrawn_at=timezone.now())
        move_dataset(dataset, DatasetStatus.DISCARDED)
        record_lock("scoring.lock.declined", dataset, actor, reason)


def open_request(dataset: Dataset) -> LockRequest:
    """The request that waits for the second signer."""
    request = dataset.lock_requests.filter(withdrawn_at=None).select_related("signature").first()
    if request is None or dataset.status != DatasetStatus.LOCK_REQUESTED:
        raise WrongState(f"{said_of_dataset(dataset)} It is not waiting for a second signer.")
    return request


def ask_unlock(*, lock: Lock, actor: Actor, user: User, reason: str) -> Unlock:
    """Requests unlocking of the newest lock of a campaign, with a reason; another person must agree."""
    authorise(actor, Action.REQUEST_UNLOCK)
    demand_reason(reason)
    if (
        lock.campaign.status != CampaignStatus.LOCKED
        or lock.number != Lock.objects.filter(campaign=lock.campaign).count()
    ):
        raise WrongState(f"Lock {lock.number} is no longer in force. Only the lock in force can be unlocked.")
    if Unlock.objects.filter(lock=lock).exists():
        raise WrongState(f"Unlocking of lock {lock.number} has already been requested.")
    with audited_atomic():
        unlock = Unlock.objects.create(lock=lock, reason=reason.strip()[:500], asked_by=user)
        record_lock("scoring.unlock.requested", lock.dataset, actor, reason)
    return unlock


def agree_unlock(*, unlock: Unlock, actor: Actor, user: User) -> None:
    """The second person agrees: the campaign is closed again, and the locked dataset stays as it is."""
    authorise(actor, Action.CONFIRM_LOCK)
    if unlock.asked_by_id == user.pk:
        raise BadInput("You requested this unlocking yourself. Another person must agree.")
    with audited_atomic():
        touched = Unlock.objects.filter(pk=unlock.pk, agreed_by=None).update(agreed_by=user, agreed_at=timezone.now())
        if touched != 1:
            raise WrongState(f"Lock {unlock.lock.number} has already been unlocked.")
        move_campaign(unlock.lock.campaign, CampaignStatus.CLOSED)
        record_lock("scoring.unlock.approved", unlock.lock.dataset, actor, unlock.reason)
        anchors.write_on_commit()
