"""Cases whose films a coordinator's decision changes: voided and issued again as part of that decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from audit.trail import Actor
from config.errors import WrongState
from reading.campaigns.case_seals import identities
from reading.campaigns.frozen_films import FrozenCase, freeze
from reading.campaigns.held_campaigns import hold_to_reissue
from reading.campaigns.opening import placements
from reading.campaigns.reopening import keeps_its_result
from reading.campaigns.shown_visits import visits_shown
from reading.issuing.assignments import void_and_issue_again
from reading.models import Campaign, CampaignStatus, Case, Read, VoidCause
from reading.states import demand_open, said_of
from studies.models import Film, Subject, Trial


@dataclass(frozen=True)
class Moved:
    """The changed films, each voided case with its replacement, and campaigns that keep their result."""

    films: tuple[Film, ...] = ()
    cases: tuple[tuple[Case, Case | None], ...] = ()
    kept: tuple[Campaign, ...] = ()


@dataclass(frozen=True)
class Concerned:
    """The cases of some subjects in one campaign with their frozen films, and the visits of the campaign."""

    campaign: Campaign
    visits: list[str]
    cases: list[tuple[Case, FrozenCase]]

    def films_now(self) -> dict[int, FrozenCase]:
        """The films of these subjects as a case would show them now."""
        subjects = Subject.objects.filter(pk__in={films.subject for _, films in self.cases})
        found = freeze(self.campaign.trial, subjects=list(subjects), visits=self.visits, cut_off=timezone.now())
        return {films.subject: films for films in found}

    def affected(self, before: Mapping[int, FrozenCase], after: Mapping[int, FrozenCase]) -> Iterable[Case]:
        """The cases whose films changed, except those that already show them at their current place."""
        for case, frozen in self.cases:
            now = placements(after.get(frozen.subject))
            if now != placements(before.get(frozen.subject)) and now != placements(frozen):
                yield case


def is_signed(trial: Trial) -> bool:
    """Whether changing the trial's films requires a signature: from the first read on, it can affect results."""
    return Read.objects.filter(case__campaign__trial=trial).exists()


def concerned_by(trial: Trial, subjects: Collection[int | None]) -> list[Concerned]:
    """The cases of these subjects, in every campaign that was opened for a result."""
    campaigns = Campaign.objects.filter(trial=trial, training=None).exclude(status=CampaignStatus.DRAFT)
    found = []
    for campaign in campaigns.select_related("trial", "charter").order_by("pk"):
        frozen = identities(list(campaign.cases.all()))
        live = campaign.cases.live().select_related("campaign__trial", "campaign__charter")
        cases = [(case, frozen[case.pk]) for case in live if frozen[case.pk].subject in subjects]
        found.append(Concerned(campaign, visits_shown(campaign, frozen.values()), cases))
    return found


def follow(
    concerned: Sequence[Concerned],
    before: Sequence[Mapping[int, FrozenCase]],
    films: Sequence[Film],
    actor: Actor,
    user: User,
    reason: str,
) -> Moved:
    """Applies the change of films to the cases; called inside its transaction."""
    cases: list[tuple[Case, Case | None]] = []
    kept = []
    for one, were in zip(concerned, before, strict=True):
        after = one.films_now()
        affected = list(one.affected(were, after))
        if affected and one.campaign.status != CampaignStatus.OPEN:
            kept.append(demand_settled(one.campaign, affected))
            continue
        if affected:
            hold_to_reissue(one.campaign, affected)
            demand_open(one.campaign, "Cases can be voided")
        for case in affected:
            subject = next(frozen.subject for other, frozen in one.cases if other == case)
            shown = [after[subject]] if subject in after else []
            cases.append((case, void_and_issue_again(case, shown, actor, user, VoidCause.FILMS, reason)))
    return Moved(tuple(films), tuple(cases), tuple(kept))


def demand_settled(campaign: Campaign, affected: Sequence[Case]) -> Campaign:
    """The campaign, if its result can never change again; otherwise it is reopened before its films are changed."""
    if not keeps_its_result(campaign):
        first = min(case.number for case in affected)
        raise WrongState(
            f"{said_of(campaign)} Case {first} would show other films. Reopen the campaign first,"
            " so that the case can be voided and issued again."
        )
    return campaign
