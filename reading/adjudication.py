"""The third read: who is asked to adjudicate a case, and which discordant cases nobody is asked to."""

from __future__ import annotations

from django.db.models import Count, Q

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic
from config.errors import WrongState
from jobs.models import Job
from reading.allocation import Assignment
from reading.assignments import ask_for_reads, open_batch, open_loads
from reading.charters import qualified_readers
from reading.models import Batch, Campaign, CampaignStatus, Case, CaseStatus, Read, ReadKind
from reading.models.campaign import CaseQuerySet

OF_THIRDS = Q(reads__kind=ReadKind.ADJUDICATION)


def request_adjudication(*, case: Case, actor: Actor) -> User | None:
    """Asks for a third read by a qualified adjudicator before whom the case never was; None when there is none.

    Called inside the transaction that found the case discordant, drew it as a concordant control, or asks again.
    """
    campaign = case.campaign
    had_it = set(case.reads.values_list("reader_id", flat=True))
    able = [person for person in qualified_readers(campaign.charter, "adjudicator") if person.pk not in had_it]
    if not able:
        return None
    loads = open_loads(campaign)
    adjudicator = min(able, key=lambda person: (loads[person.pk], person.pk))
    batch = Batch.objects.filter(campaign=campaign, name="Adjudication", seed_revealed_at=None).first()
    ask_adjudicator(batch or open_batch(campaign, "Adjudication", None, actor), case, adjudicator)
    return adjudicator


def ask_adjudicator(batch: Batch, case: Case, adjudicator: User) -> None:
    """Asks for one adjudication, once for each that came to nothing before. Called inside a transaction."""
    before = case.reads.filter(kind=ReadKind.ADJUDICATION).count()
    ask_for_reads(batch, [Assignment(case.pk, adjudicator.pk, ReadKind.ADJUDICATION)], key=asked_as(case.pk, before))


def asked_as(case_id: int, before: int) -> str:
    """The key of the job that issues the adjudication after `before` others of the case."""
    return f"adjudication-{case_id}-{before}"


def unadjudicated(cases: CaseQuerySet) -> list[Case]:
    """Discordant cases that nobody is asked to adjudicate: no one was able, or who was asked declined."""
    held = cases.filter(OF_THIRDS, reads__in=Read.objects.counting())
    discordant = cases.filter(status=CaseStatus.DISCORDANT).exclude(pk__in=held)
    counted = discordant.values_list("pk").annotate(before=Count("reads", filter=OF_THIRDS))
    keys = {pk: asked_as(pk, before) for pk, before in counted}
    asked = set(Job.objects.filter(kind="reading.issue", key__in=keys.values()).values_list("key", flat=True))
    return [case for case in discordant if keys[case.pk] not in asked]


def ask_adjudicators(*, campaign: Campaign, actor: Actor) -> tuple[int, int]:
    """Asks for an adjudicator of each discordant case that has none; how many are asked, and how many cases still wait.

    A concordant control that was declined is not asked for again: its result stands without.
    """
    authorise(actor, Action.ASSIGN_READS)
    if campaign.status != CampaignStatus.OPEN:
        raise WrongState("the campaign", campaign.status, CampaignStatus.OPEN)
    with audited_atomic():
        cases = unadjudicated(campaign.cases.select_related("campaign__charter", "campaign__trial"))
        asked = sum(request_adjudication(case=case, actor=actor) is not None for case in cases)
    return asked, len(cases) - asked
