"""Independence of readers: nobody reads or adjudicates a case of a site with which they are affiliated, except in
training.

Affiliations are recorded by the coordinator, ended with a reason, and never edited. Earlier reads stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.utils import timezone

from accounts.models import User
from accounts.roles import READING_ROLES, Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from reading.campaigns.case_seals import identities
from reading.issuing.allocation import Assignment
from reading.models import Campaign, Case, Read, ReadStatus, SiteAffiliation
from reading.states import demand_reason
from studies.models import Membership, Site, Subject, Trial

UNSIGNED = (ReadStatus.DRAWN, ReadStatus.ISSUED, ReadStatus.OPENED, ReadStatus.RETURNED)


def record_affiliation(*, site: Site, person: User, actor: Actor, reason: str) -> SiteAffiliation:
    """Records that the person is affiliated with the site: none of its cases is issued to them any more."""
    authorise(actor, Action.WRITE_CHARTER)
    demand_reason(reason)
    trial = site.trial
    if not Membership.objects.current().filter(trial=trial, user=person, role__in=READING_ROLES).exists():
        raise BadInput(f"Choose a reader or adjudicator of trial {trial.code}. {person} is neither.", field="person")
    with audited_atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)
        if SiteAffiliation.objects.filter(site=site, person=person, ended_at=None).exists():
            raise WrongState(f"It is already recorded that {person} belongs to site {site.code}.")
        made = SiteAffiliation.objects.create(site=site, person=person, reason=reason.strip())
        record_event(made, "reading.affiliation.recorded", actor, made.reason)
    return made


def end_affiliation(*, affiliation: SiteAffiliation, actor: Actor, reason: str) -> None:
    """Ends the affiliation with the site; its cases can be issued to the person again."""
    authorise(actor, Action.WRITE_CHARTER)
    demand_reason(reason)
    with audited_atomic():
        current = SiteAffiliation.objects.filter(pk=affiliation.pk, ended_at=None)
        if current.update(ended_at=timezone.now()) != 1:
            text = (
                f"It is already recorded that {affiliation.person} no longer belongs to site {affiliation.site.code}."
            )
            raise WrongState(text)
        record_event(affiliation, "reading.affiliation.ended", actor, reason)


def record_event(affiliation: SiteAffiliation, action: str, actor: Actor, reason: str) -> None:
    """The event of an affiliation that was recorded or ended."""
    record(
        action=action,
        actor=actor,
        stream=affiliation.site.trial.code,
        subject=("accounts.user", str(affiliation.person_id)),
        reason=reason,
        details={"reader": str(affiliation.person), "site": affiliation.site.code},
        tracked=[affiliation],
    )


def affiliated(campaign: Campaign, cases: Collection[Case] | None = None) -> dict[int, set[int]]:
    """The people affiliated with the site of each case, by default of all live cases. Opens seals only if necessary."""
    people = {} if campaign.trains else people_by_site(campaign.trial_id)
    if not people:
        return {}
    wanted = campaign.cases.live() if cases is None else cases
    return {case: people[site] for case, site in sites_of(list(wanted)).items() if site in people}


def independent(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The assignments whose reader is not affiliated with the case's site, even if recorded after the request."""
    if not assignments:
        return []
    cases = list(Case.objects.filter(pk__in={one.case for one in assignments}).select_related("campaign"))
    barred = affiliated(cases[0].campaign, cases)
    return [one for one in assignments if one.reader not in barred.get(one.case, set())]


def people_by_site(trial: int) -> dict[int, set[int]]:
    """The people currently affiliated with each site of the trial."""
    found = defaultdict[int, set[int]](set)
    current = SiteAffiliation.objects.filter(site__trial=trial, ended_at=None)
    for site, person in current.values_list("site_id", "person_id"):
        found[site].add(person)
    return dict(found)


def sites_of(cases: list[Case]) -> dict[int, int]:
    """The site of each case."""
    subjects = {case: films.subject for case, films in identities(cases).items()}
    site = dict(Subject.objects.filter(pk__in=set(subjects.values())).values_list("pk", "site_id"))
    return {case: site[subject] for case, subject in subjects.items()}


def unsigned_reads_at(site: Site, person: User) -> int:
    """The number of the person's unsigned reads of cases of the site, in all campaigns except training campaigns."""
    held = Read.objects.filter(reader=person, status__in=UNSIGNED, case__campaign__trial=site.trial_id)
    cases = [read.case for read in held.select_related("case__campaign") if not read.case.campaign.trains]
    found = sites_of(list({case.pk: case for case in cases}.values()))
    return sum(found[case.pk] == site.pk for case in cases)
