"""Who may read a case: nobody receives a case of their own site, or one that they declined; nobody adjudicates a case
that they read.

A case issued again shows the patient of the one it replaces, so its reads and declines count too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Q

from reading.charter.versions import terms_of
from reading.issuing.affiliations import affiliated
from reading.models import Campaign, Case, CaseStatus, Read, ReadKind, ReadStatus

DECLINED = Q(status=ReadStatus.DECLINED)


def decliners(campaign: Campaign) -> dict[int, set[int]]:
    """The people who declined each case, or the case that it replaces: it is not issued to them again."""
    found: dict[int, set[int]] = defaultdict(set)
    reads = Read.objects.filter(DECLINED, case__campaign=campaign)
    for case, reader in reads.values_list("case_id", "reader_id"):
        found[case].add(reader)
    again = campaign.cases.exclude(replaces=None).order_by("pk")
    for case, before in again.values_list("pk", "replaces_id"):
        found[case] |= found[before]
    return found


def may_not_read(case: Case) -> set[int]:
    """The people who already have a read of the case, declined it, or are affiliated with its site."""
    held = set(case.reads.counting().values_list("reader_id", flat=True))
    return held | decliners(case.campaign)[case.pk] | at_its_site(case)


def may_not_adjudicate(case: Case) -> set[int]:
    """Everyone who has had the case or is affiliated with its site.

    The adjudicator of the case that it replaces may adjudicate again, as may one whose read ended with the case.
    """
    earlier = Q(case__in=replaced_by(case)) & (~Q(kind=ReadKind.ADJUDICATION) | DECLINED)
    own = Q(case=case) & ~Q(kind=ReadKind.ADJUDICATION, status=ReadStatus.VOIDED)
    had = set(Read.objects.filter(own | earlier).values_list("reader_id", flat=True))
    return had | at_its_site(case)


def at_its_site(case: Case) -> set[int]:
    """The people affiliated with the site of the case."""
    return affiliated(case.campaign, [case]).get(case.pk, set())


def replaced_by(case: Case) -> list[int]:
    """The cases that this one replaces, newest first."""
    found: list[int] = []
    before = case.replaces_id
    while before is not None:
        found.append(before)
        before = Case.objects.values_list("replaces_id", flat=True).get(pk=before)
    return found


def primary_readers(campaign: Campaign) -> dict[int, set[int]]:
    """The readers with a primary read that counts, for each open case."""
    held: dict[int, set[int]] = {
        pk: set() for pk in campaign.cases.to_read().filter(status=CaseStatus.OPEN).values_list("pk", flat=True)
    }
    reads = Read.objects.counting().filter(case__in=held, kind=ReadKind.PRIMARY)
    for case, reader in reads.values_list("case_id", "reader_id"):
        held[case].add(reader)
    return held


def wanted_readers(campaign: Campaign, held: Mapping[int, set[int]]) -> dict[int, int]:
    """The number of primary readers that each open case still needs; cases that need none are left out."""
    each = terms_of(campaign.charter).readers_per_case
    return {case: each - len(people) for case, people in held.items() if len(people) < each}
