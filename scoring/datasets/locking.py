"""Two people lock a dataset. After arms were received, the next lock corrects the analysis of record."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.second_person import demand_second_person
from accounts.signatures import prove, write_signature
from accounts.signed_acts import Act
from audit import anchors
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from config.wording import counted
from reading.campaigns.case_seals import identities
from reading.campaigns.opening import move_campaign
from reading.campaigns.outstanding import outstanding_in
from reading.models import Campaign, CampaignStatus
from reading.states import demand_reason, said_of
from scoring.datasets.building import move_dataset, said_of_dataset
from scoring.datasets.corrections import lock_in_force, takes_corrections
from scoring.endpoint.event_lists import newest_events
from scoring.models import Dataset, DatasetStatus, Lock, LockRequest
from studies.models import Question, QuestionStatus


def why_not_lock(campaign: Campaign) -> list[str]:
    """The obstacles to a lock, in words."""
    obstacles = []
    if campaign.status != CampaignStatus.CLOSED and not takes_corrections(campaign):
        obstacles.append(f"{said_of(campaign)} It must be closed, but not yet locked.")
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


def why_not_this(dataset: Dataset) -> list[str]:
    """The obstacles to locking one dataset, including events that were imported after it was requested."""
    obstacles, newest = why_not_lock(dataset.campaign), newest_events(dataset.campaign)
    if newest is not None and newest.pk != dataset.events_id:
        obstacles.append(f"Event list {newest.number} came after this dataset was requested. Build another dataset.")
    return obstacles


def demand_lockable(dataset: Dataset) -> None:
    """WrongState while there is an obstacle to a lock."""
    if obstacles := why_not_this(dataset):
        raise WrongState(f"Dataset {dataset.number} cannot be locked yet. {' '.join(obstacles)}")


def request_lock(*, dataset: Dataset, actor: Actor, user: User, password: str) -> LockRequest:
    """The statistician signs the root; the second signer must confirm it. The same form sent twice requests once."""
    authorise(actor, Action.REQUEST_LOCK)
    prove(act=Act.LOCK_REQUEST, user=user, password=password)
    if same := requested_by(dataset, user):
        return same
    demand_lockable(dataset)
    with audited_atomic():
        Campaign.objects.select_for_update().get(pk=dataset.campaign_id)
        if same := requested_by(dataset, user):
            return same
        move_dataset(dataset, DatasetStatus.LOCK_REQUESTED)
        signature = sign_root(Act.LOCK_REQUEST, dataset, actor, user)
        request = LockRequest.objects.create(dataset=dataset, signature=signature)
        record_lock("scoring.lock.requested", dataset, actor, tracked=(dataset, request))
    return request


def requested_by(dataset: Dataset, user: User) -> LockRequest | None:
    """The request of this person that was not declined."""
    return dataset.lock_requests.filter(withdrawn_at=None, signature__signer=user).first()


def sign_root(act: Act, dataset: Dataset, actor: Actor, user: User) -> Signature:
    """A signature over the package's root."""
    return write_signature(
        act=act,
        actor=actor,
        user=user,
        record=("scoring.dataset", str(dataset.pk)),
        digest=dataset.root,
        stream=dataset.campaign.trial.code,
    )


def record_lock(
    action: str,
    dataset: Dataset,
    actor: Actor,
    reason: str = "",
    *,
    rows: tuple[models.Model, ...] = (),
    tracked: tuple[models.Model, ...] = (),
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
        tracked=tracked,
    )


def confirm_lock(*, dataset: Dataset, actor: Actor, user: User, password: str) -> Lock:
    """The second person signs the same root; from then on the dataset is immutable. A form sent twice locks once."""
    authorise(actor, Action.CONFIRM_LOCK)
    prove(act=Act.LOCK_CONFIRMATION, user=user, password=password)
    if same := confirmed_by(dataset, user):
        return same
    request = open_request(dataset)
    demand_second_person(Act.LOCK_CONFIRMATION, first=request.signature.signer_id, second=user.pk)
    demand_lockable(dataset)
    with audited_atomic():
        Campaign.objects.select_for_update().get(pk=dataset.campaign_id)
        if same := confirmed_by(dataset, user):
            return same
        confirmed = sign_root(Act.LOCK_CONFIRMATION, dataset, actor, user)
        lock = put_in_force(dataset, request.signature, confirmed)
        record_lock("scoring.lock.confirmed", dataset, actor, rows=(lock, dataset), tracked=(dataset, dataset.campaign))
        anchors.write_on_commit()
    return lock


def confirmed_by(dataset: Dataset, user: User) -> Lock | None:
    """The lock of this dataset, if this person confirmed it."""
    return Lock.objects.filter(dataset=dataset, confirmed__signer=user).first()


def put_in_force(dataset: Dataset, requested: Signature, confirmed: Signature) -> Lock:
    """The next lock; a correction changes neither the campaign nor the lock of record."""
    campaign = dataset.campaign
    campaign.refresh_from_db(fields=["status", "locked_root"])
    corrected = lock_in_force(campaign) if takes_corrections(campaign) else None
    if corrected is None:
        move_campaign(campaign, CampaignStatus.LOCKED, locked_root=dataset.root)
    move_dataset(dataset, DatasetStatus.LOCKED)
    return Lock.objects.create(
        dataset=dataset,
        campaign=campaign,
        number=Lock.objects.filter(campaign=campaign).count() + 1,
        root=dataset.root,
        requested=requested,
        confirmed=confirmed,
        row_diff=dataset.counts.get("diff", {}),
        corrects=corrected,
    )


def decline_lock(*, dataset: Dataset, actor: Actor, reason: str) -> None:
    """The second signer declines the lock: the dataset is discarded, and a new one is built after correction."""
    authorise(actor, Action.CONFIRM_LOCK)
    demand_reason(reason)
    request = open_request(dataset)
    with audited_atomic():
        LockRequest.objects.filter(pk=request.pk).update(withdrawn_at=timezone.now())
        move_dataset(dataset, DatasetStatus.DISCARDED)
        record_lock("scoring.lock.declined", dataset, actor, reason, tracked=(dataset, request))


def open_request(dataset: Dataset) -> LockRequest:
    """The request that awaits the second signer."""
    request = dataset.lock_requests.filter(withdrawn_at=None).select_related("signature").first()
    if request is None or dataset.status != DatasetStatus.LOCK_REQUESTED:
        raise WrongState(f"{said_of_dataset(dataset)} It is not waiting for a second signer.")
    return request
