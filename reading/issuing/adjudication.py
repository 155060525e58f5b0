"""The third read: the adjudicator of a case, and discordant cases without an adjudicator."""

from __future__ import annotations

from collections import Counter

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from jobs.models import Job
from reading.charter.versions import qualified_readers
from reading.issuing.allocation import Assignment
from reading.issuing.assignments import ask_for_reads, open_batch
from reading.issuing.eligible import may_not_adjudicate
from reading.issuing.loads import open_loads
from reading.models import Batch, Campaign, Case, CaseStatus, Read, ReadKind
from reading.models.campaign import CaseQuerySet
from reading.states import demand_open

# The key of a job that issues an adjudication is this and the case. Issuing ensures one adjudication per case.
ASKED = "adjudication-"
UNDER_WAY = (Job.Status.QUEUED, Job.Status.RUNNING)


def request_adjudication(*, case: Case, actor: Actor, loads: Counter[int] | None = None) -> User | None:
    """Requests a third read by the qualified adjudicator with the fewest open reads; None if there is no adjudicator.

    Called inside the transaction that finds the case discordant, draws it as a concordant control, or repeats the
    request. For several requests, `loads` is passed from case to case.
    """
    campaign, barred = case.campaign, may_not_adjudicate(case)
    able = [person for person in qualified_readers(campaign.charter, "adjudicator") if person.pk not in barred]
    if not able:
        return None
    loads = open_loads(campaign) if loads is None else loads
    adjudicator = min(able, key=lambda person: (loads[person.pk], person.pk))
    loads[adjudicator.pk] += 1
    batch = Batch.objects.filter(campaign=campaign, name="Adjudication", seed_revealed_at=None).first()
    ask_adjudicator(batch or open_batch(campaign, "Adjudication", None, actor), case, adjudicator)
    return adjudicator


def ask_adjudicator(batch: Batch, case: Case, adjudicator: User) -> None:
    """Requests one adjudication. Called inside a transaction."""
    ask_for_reads(batch, [Assignment(case.pk, adjudicator.pk, ReadKind.ADJUDICATION)], name=f"{ASKED}{case.pk}")


def unadjudicated(cases: CaseQuerySet) -> list[Case]:
    """Discordant cases without an adjudicator: nobody was available, or the adjudicator declined."""
    under_way = Job.objects.filter(kind="reading.issue", key__startswith=ASKED, status__in=UNDER_WAY)
    asked = {int(key.removeprefix(ASKED).split("-")[0]) for key in under_way.values_list("key", flat=True)}
    held = Read.objects.counting().filter(kind=ReadKind.ADJUDICATION, case__in=cases)
    waiting = cases.to_read().filter(status=CaseStatus.DISCORDANT).exclude(pk__in=held.values("case"))
    return [case for case in waiting if case.pk not in asked]


def ask_adjudicators(*, campaign: Campaign, actor: Actor) -> tuple[int, int]:
    """Requests an adjudicator for each discordant case without one; returns the numbers requested and still missing.

    A declined concordant control is not requested again: its result does not need it.
    """
    authorise(actor, Action.ASSIGN_READS)
    demand_open(campaign, "Adjudicators can be requested")
    with audited_atomic():
        cases = unadjudicated(campaign.cases.select_related("campaign__charter", "campaign__trial"))
        loads = open_loads(campaign)
        asked = sum(request_adjudication(case=case, actor=actor, loads=loads) is not None for case in cases)
        if asked:
            record(
                action="reading.adjudication.requested",
                actor=actor,
                stream=campaign.trial.code,
                subject=("reading.campaign", str(campaign.pk)),
                details={"campaign": campaign.code, "asked": asked, "still without": len(cases) - asked},
            )
    return asked, len(cases) - asked
