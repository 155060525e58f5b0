"""Films filed under another subject or visit: moved, and the affected cases voided and issued again, in one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act, meaning_of
from audit.trail import Actor, audited_atomic
from config.errors import WrongState
from reading.campaigns.case_seals import identities
from reading.campaigns.frozen_films import FrozenCase, freeze
from reading.campaigns.opening import placements, visit_codes_of
from reading.campaigns.reopening import keeps_its_result
from reading.issuing.assignments import void_and_issue_again
from reading.models import Campaign, CampaignStatus, Case, Read
from reading.states import demand_reason, said_of
from studies.desk.moving import move_films
from studies.models import Film, Subject, Trial, Visit


@dataclass(frozen=True)
class Moved:
    """The films that moved, each voided case with the one issued instead, and the campaigns that keep their result."""

    films: tuple[Film, ...] = ()
    cases: tuple[tuple[Case, Case | None], ...] = ()
    kept: tuple[Campaign, ...] = ()


@dataclass(frozen=True)
class Concerned:
    """The cases of the two subjects in one campaign, with what is frozen in them, and the visits of the campaign."""

    campaign: Campaign
    visits: list[str]
    cases: list[tuple[Case, FrozenCase]]

    def films_now(self) -> dict[int, FrozenCase]:
        """The films of these subjects as a case would show them now."""
        subjects = Subject.objects.filter(pk__in={films.subject for _, films in self.cases})
        found = freeze(self.campaign.trial, subjects=list(subjects), visits=self.visits, cut_off=timezone.now())
        return {films.subject: films for films in found}

    def affected(self, before: Mapping[int, FrozenCase], after: Mapping[int, FrozenCase]) -> Iterable[Case]:
        """The cases whose films the move changed, unless they show them where they are now."""
        for case, frozen in self.cases:
            now = placements(after.get(frozen.subject))
            if now != placements(before.get(frozen.subject)) and now != placements(frozen):
                yield case


def is_signed(trial: Trial) -> bool:
    """Whether moving a film of the trial is signed: from the first read on, it can change what counts."""
    return Read.objects.filter(case__campaign__trial=trial).exists()


def move_and_reissue(
    *, film: Film, visit: Visit, scope: str, actor: Actor, user: User, password: str, reason: str
) -> Moved:
    """Moves the films, and voids and issues again every case of an open campaign that they change.

    Signed once reads exist; the same form sent twice moves once. A campaign that was closed is reopened first, unless
    it can never be reopened: then it keeps its result.
    """
    authorise(actor, Action.RETURN_READS)
    demand_reason(reason)
    signed = is_signed(film.trial)
    if signed:
        prove(act=Act.MOVE, user=user, password=password)
        if moved_before(film, visit, user, facts_of(film, visit, scope, reason)):
            return Moved()
    concerned = concerned_by(film, visit)
    with audited_atomic():
        before = [one.films_now() for one in concerned]
        films = move_films(film=film, visit=visit, scope=scope, reason=reason, actor=actor)
        if signed:
            sign_move(film, actor, user, facts_of(film, visit, scope, reason))
        return follow(concerned, before, films, actor, user, reason)


def concerned_by(film: Film, visit: Visit) -> list[Concerned]:
    """The cases of the film's subject and of the visit's subject, in every campaign that was opened for a result."""
    subjects = {film.subject_id, visit.subject_id}
    campaigns = Campaign.objects.filter(trial=film.trial, training=None).exclude(status=CampaignStatus.DRAFT)
    found = []
    for campaign in campaigns.select_related("trial", "charter"):
        frozen = identities(list(campaign.cases.all()))
        live = campaign.cases.live().select_related("campaign__trial", "campaign__charter")
        cases = [(case, frozen[case.pk]) for case in live if frozen[case.pk].subject in subjects]
        found.append(Concerned(campaign, sorted(visit_codes_of(frozen.values())), cases))
    return found


def follow(
    concerned: Sequence[Concerned],
    before: Sequence[Mapping[int, FrozenCase]],
    films: Sequence[Film],
    actor: Actor,
    user: User,
    reason: str,
) -> Moved:
    """What the move means for the cases; called inside its transaction."""
    cases: list[tuple[Case, Case | None]] = []
    kept = []
    for one, were in zip(concerned, before, strict=True):
        after = one.films_now()
        affected = list(one.affected(were, after))
        if affected and one.campaign.status != CampaignStatus.OPEN:
            kept.append(demand_settled(one.campaign, affected))
            continue
        for case in affected:
            subject = next(frozen.subject for other, frozen in one.cases if other == case)
            shown = [after[subject]] if subject in after else []
            cases.append((case, void_and_issue_again(case, shown, actor, user, reason)))
    return Moved(tuple(films), tuple(cases), tuple(kept))


def demand_settled(campaign: Campaign, affected: Sequence[Case]) -> Campaign:
    """The campaign, if its result can never change again; otherwise it is reopened before a film of it is moved."""
    if not keeps_its_result(campaign):
        first = min(case.number for case in affected)
        raise WrongState(
            f"{said_of(campaign)} Case {first} would show other films. Reopen the campaign before you move them,"
            " so that the case can be voided and issued again."
        )
    return campaign


def facts_of(film: Film, visit: Visit, scope: str, reason: str) -> dict[str, object]:
    """What a signature under a move covers, besides how often the film was moved before."""
    return {"film": film.pk, "visit": visit.pk, "scope": scope, "reason": reason}


def signatures_on(film: Film) -> list[Signature]:
    """The signatures under moves of the film, oldest first."""
    of_record = Signature.objects.filter(record_kind="studies.film", record_id=str(film.pk))
    return list(of_record.filter(meaning=meaning_of(Act.MOVE)).order_by("pk"))


def moved_before(film: Film, visit: Visit, user: User, facts: Mapping[str, object]) -> bool:
    """Whether the film is at this visit because this person signed this."""
    signed = signatures_on(film)
    if not signed or Film.objects.get(pk=film.pk).visit_id != visit.pk:
        return False
    return signed[-1].signer_id == user.pk and signed[-1].digest == statement(move=len(signed) - 1, **facts)


def sign_move(film: Film, actor: Actor, user: User, facts: Mapping[str, object]) -> None:
    """The signature under the move; called inside its transaction."""
    write_signature(
        act=Act.MOVE,
        actor=actor,
        user=user,
        record=("studies.film", str(film.pk)),
        digest=statement(move=len(signatures_on(film)), **facts),
        stream=film.trial.code,
    )
