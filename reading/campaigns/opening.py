"""Opening and closing a campaign: the charter is pinned, case list and film cut-off are frozen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.tokens import new_token
from config.transitions import leading_to, moved
from config.wording import both, counted, either
from reading.campaigns.case_seals import identities
from reading.campaigns.frozen_films import FrozenCase, freeze
from reading.campaigns.held_campaigns import held_campaign
from reading.campaigns.outstanding import outstanding_in, waiting_for_queries
from reading.campaigns.shown_visits import composed, visits_shown
from reading.campaigns.subjects_lacking import demand_baseline, subjects_lacking
from reading.capture_chains import ended, hold_chains, reads_in_hand
from reading.charter.approval import why_unapproved
from reading.charter.unqualified import unqualified_people
from reading.charter.versions import qualified_readers, terms_of
from reading.issuing.randomisation import Draw, new_seed
from reading.leak_scan.scans import films_since, in_the_way
from reading.models import Campaign, CampaignStatus, Case, Charter, CharterStatus, DisplayedFilm, SealedCase
from reading.models.campaign import CAMPAIGN_TRANSITIONS
from reading.seals import seal
from reading.states import CAMPAIGN_BECOMES, CAMPAIGN_IS, demand_open, said_of
from studies.models import Film, Subject, Trial
from studies.plan.consent import held_without_consent
from studies.sealed_links import shuffle_images


@dataclass(frozen=True)
class Obstacle:
    """One reason why something cannot start, in words; whether it only warns; and the page on which to remove it."""

    text: str
    blocking: bool = True
    page: str = ""
    url: str = ""


def create_campaign(*, trial: Trial, actor: Actor, charter: Charter, code: str, title: str) -> Campaign:
    """A draft campaign under a signed charter version."""
    authorise(actor, Action.RUN_CAMPAIGN)
    if charter.trial_id != trial.pk or charter.status != CharterStatus.SIGNED:
        state = "signed" if charter.status == CharterStatus.SIGNED else "a draft"
        raise WrongState(
            f"A campaign of trial {trial.code} needs a signed charter of the same trial. "
            f"Charter version {charter.version} of trial {charter.trial.code} is {state}."
        )
    if Campaign.objects.filter(trial=trial, code=code).exists():
        text = f"Trial {trial.code} already has a campaign {code}. Choose another code."
        raise BadInput(text, field="campaign_code")
    with audited_atomic():
        campaign = Campaign.objects.create(trial=trial, charter=charter, code=code, title=title)
        record(
            action="reading.campaign.created",
            actor=actor,
            stream=trial.code,
            subject=("reading.campaign", str(campaign.pk)),
            details={"code": code, "charter version": charter.version},
            tracked=[campaign],
        )
    return campaign


def why_not(campaign: Campaign) -> list[Obstacle]:
    """Why this campaign cannot start, as a list; empty when it can."""
    people = [] if campaign.trains else people_lacking(campaign)
    charter = campaign.charter
    page = reverse("reading:charter", args=[campaign.trial.code, charter.version])
    unapproved = [Obstacle(text, True, "Charter", page)] if (text := why_unapproved(charter)) else []
    who = reverse("reading:qualifications", args=[campaign.trial.code])
    named = [replace(one, page="Qualifications", url=who) for one in people]
    where = "Completeness", reverse("studies:completeness", args=[campaign.trial.code])
    short = [Obstacle(text, False, *where) for text in subjects_lacking(campaign)]
    return [*unapproved, *named, *films_lacking(campaign), *short]


def people_lacking(campaign: Campaign) -> list[Obstacle]:
    """Readers and adjudicators; a campaign for training is where they become qualified."""
    obstacles, terms = [], terms_of(campaign.charter)
    readers = qualified_readers(campaign.charter, "reader")
    if len(readers) < terms.readers_per_case:
        able = counted(len(readers), "qualified reader" if terms.qualification_required else "reader")
        wanted = terms.readers_per_case
        obstacles.append(Obstacle(f"The trial has {able}. The charter requires {wanted} for each case."))
    if terms.adjudicates and not qualified_readers(campaign.charter, "adjudicator"):
        obstacles.append(
            Obstacle("There is no qualified adjudicator. Discordant cases would have to wait.", blocking=False)
        )
    expired = [one.sentence for one in unqualified_people(campaign.charter) if one.expired_on]
    return [*obstacles, *(Obstacle(sentence, blocking=False) for sentence in expired)]


def films_lacking(campaign: Campaign) -> list[Obstacle]:
    """The obstacles in the films: not ready, not scanned for leaks, or waiting at the desk."""
    obstacles = []
    desk = "QC desk", reverse("studies:desk", args=[campaign.trial.code])
    scan = "Leak scan", reverse("reading:leak-scan", args=[campaign.trial.code, campaign.code])
    if not Film.objects.ready().filter(trial=campaign.trial).exists():
        obstacles.append(Obstacle("No film has been accepted at the desk and prepared for reading.", True, *desk))
    elif leak := in_the_way(campaign):
        obstacles.append(Obstacle(leak, True, *scan))
    elif unseen := films_since(campaign):
        films = counted(unseen, "film was", "films were")
        obstacles.append(Obstacle(f"{films} accepted after the leak scan. Run it again.", False, *scan))
    waiting = Film.objects.of_trial(campaign.trial).at_desk().count()
    if waiting:
        films = counted(waiting, "film is", "films are")
        obstacles.append(Obstacle(f"{films} still at the desk and would miss the cut-off.", False, *desk))
    return obstacles


def demand_ready(campaign: Campaign) -> None:
    """WrongState unless the campaign is in preparation and nothing prevents its opening."""
    if campaign.status != CampaignStatus.DRAFT:
        raise WrongState(f"{said_of(campaign)} Only a campaign in preparation can be opened.")
    if obstacles := [obstacle.text for obstacle in why_not(campaign) if obstacle.blocking]:
        raise WrongState(f"Campaign {campaign.code} cannot be opened yet. {' '.join(obstacles)}")


def with_enough_timepoints(frozen: Sequence[FrozenCase], minimum: int, visits: Sequence[str]) -> list[FrozenCase]:
    """The cases with the charter's minimum of timepoints; BadInput if there are none."""
    whole = [case for case in frozen if len(case.timepoints) >= minimum]
    if not whole:
        raise BadInput(
            f"The charter requires films at {minimum} or more timepoints in each case. "
            f"No chosen subject has films at that many of the visits {both(visits)}."
        )
    return whole


def open_campaign(
    *,
    campaign: Campaign,
    actor: Actor,
    subjects: Sequence[Subject],
    visits: Sequence[str],
    without_baseline: bool = False,
) -> list[Case]:
    """Freezes the ready films of these subjects and visits as cases with drawn numbers, as the charter composes them.

    A subject with fewer timepoints than the charter's minimum gets no case and is counted in the event. Visits without
    the baseline of the analysis must be confirmed.
    """
    authorise(actor, Action.RUN_CAMPAIGN)
    demand_ready(campaign)
    lacking = demand_baseline(campaign, visits, confirmed=without_baseline)
    terms, cut_off, visits = terms_of(campaign.charter), timezone.now(), composed(campaign, visits)
    frozen = freeze(campaign.trial, subjects=list(subjects), visits=visits, cut_off=cut_off)
    whole = with_enough_timepoints(frozen, terms.minimum_timepoints, visits)
    numbered = Draw(new_seed(), "case numbers").permutation(whole)
    with audited_atomic():
        demand_same_charter(campaign)
        move_campaign(campaign, CampaignStatus.OPEN, film_cut_off=cut_off)
        cases = add_cases(campaign, numbered, first_number=1)
        record(
            action="reading.campaign.opened",
            actor=actor,
            stream=campaign.trial.code,
            subject=("reading.campaign", str(campaign.pk)),
            changes={"status": [CampaignStatus.DRAFT, CampaignStatus.OPEN]},
            details={"campaign": campaign.code, "cases": len(cases), "left out": len(subjects) - len(cases)}
            | {"visits": list(visits)}
            | ({"baseline lacking": lacking} if lacking else {}),
            rows=list(SealedCase.objects.filter(case__in=cases)),
            tracked=[campaign, *cases],
        )
    return cases


def demand_same_charter(campaign: Campaign) -> None:
    """WrongState if the campaign was put under a later charter version meanwhile; until the end it cannot be."""
    if held_campaign(campaign).charter_id != campaign.charter_id:
        raise WrongState("The charter of this campaign has a new version. Load the page again before you open it.")


def add_cases(campaign: Campaign, frozen: Sequence[FrozenCase], first_number: int) -> list[Case]:
    """The cases with their sealed identities, and their new images in random order; called inside a transaction."""
    charter = held_campaign(campaign).charter_id
    demand_consents([films.subject for films in frozen])
    images = set().union(*map(images_of, frozen))
    shown = DisplayedFilm.objects.filter(reader_image__in=images).values_list("reader_image", flat=True)
    shuffle_images(sorted(images - set(shown)))
    cases = Case.objects.bulk_create(
        Case(campaign=campaign, charter_id=charter, token=new_token(), number=first_number + place)
        for place in range(len(frozen))
    )
    SealedCase.objects.bulk_create(
        SealedCase(case=case, sealed=seal(films.as_json(), bound_to=f"case {case.token}"))
        for case, films in zip(cases, frozen, strict=True)
    )
    return cases


def demand_consents(subjects: Collection[int]) -> None:
    """WrongState if one of these subjects withdrew consent after the films were chosen; until the end none can."""
    if away := held_without_consent(subjects):
        codes = Subject.objects.filter(pk__in=away).order_by("natural", "pk").values_list("code", flat=True)
        text = f"Consent was withdrawn in the meantime ({', '.join(codes)}), so the cases would show other films."
        raise WrongState(f"{text} Load the page and try again.")


def move_campaign(campaign: Campaign, to: CampaignStatus, **changes: object) -> None:
    """The campaign's next state, along CAMPAIGN_TRANSITIONS."""
    if not moved(campaign, to, CAMPAIGN_TRANSITIONS, **changes):
        only = either(CAMPAIGN_IS[state] for state in leading_to(to, CAMPAIGN_TRANSITIONS))
        raise WrongState(f"{said_of(campaign)} Only a campaign that is {only} can be {CAMPAIGN_BECOMES[to]}.")


def close_campaign(*, campaign: Campaign, actor: Actor) -> None:
    """Ends reading: every live case has its result, every read its signature. Repeats that lapsed are reported."""
    authorise(actor, Action.RUN_CAMPAIGN)
    with audited_atomic():
        in_hand = reads_in_hand(campaign)
        hold_chains(in_hand)
        # A withdrawal of consent that is being corrected resumes cases only while the campaign is open.
        held_campaign(campaign)
        demand_open(campaign, "It can be closed")
        lapsed = 0 if campaign.trains else demand_all_read(campaign)
        move_campaign(campaign, CampaignStatus.CLOSED, closed_at=timezone.now())
        record(
            action="reading.campaign.closed",
            actor=actor,
            stream=campaign.trial.code,
            subject=("reading.campaign", str(campaign.pk)),
            changes={"status": [CampaignStatus.OPEN, CampaignStatus.CLOSED]},
            details={"campaign": campaign.code} | ({"repeats left out": lapsed} if lapsed else {}),
            tracked=[campaign],
            chains=ended(in_hand),
        )


def demand_all_read(campaign: Campaign) -> int:
    """WrongState while work is outstanding; returns the number of repeats that lapsed."""
    left = outstanding_in(campaign)
    cannot = f"Campaign {campaign.code} cannot be closed yet."
    if left.cases:
        queried = waiting_for_queries(campaign)
        why = f" {counted(queried, 'case waits', 'cases wait')} for a batch of queries to readers." if queried else ""
        raise WrongState(f"{cannot} {counted(left.cases, 'case has', 'cases have')} no result.{why}")
    if left.reads:
        raise WrongState(f"{cannot} {counted(left.reads, 'read is', 'reads are')} not signed.")
    return left.lapsed


def cases_with_other_films(campaign: Campaign) -> list[tuple[Case, str]]:
    """Cases to read whose ready films now differ from the frozen ones, with the difference in words."""
    cases = list(campaign.cases.to_read().select_related("campaign"))
    frozen = identities(cases)
    subjects = list(Subject.objects.filter(pk__in=[films.subject for films in frozen.values()]))
    visits = visits_shown(campaign, frozen.values())
    now = {
        films.subject: films
        for films in freeze(campaign.trial, subjects=subjects, visits=visits, cut_off=timezone.now())
    }
    changed = []
    for case in cases:
        before, after = frozen[case.pk], now.get(frozen[case.pk].subject)
        if placements(before) != placements(after):
            changed.append((case, difference_in_words(before, after)))
    return changed


def difference_in_words(before: FrozenCase, after: FrozenCase | None) -> str:
    """The films that arrived, are no longer valid, or belong to another visit of the subject."""
    had, has = images_of(before), images_of(after)
    moved = {image for _, _, image in placements(after) - placements(before)} & had
    words = f"{counted(len(has - had), 'new film')}, {len(had - has)} no longer valid"
    return f"{words}, {len(moved)} at another visit" if moved else words


def placements(films: FrozenCase | None) -> set[tuple[int, str, str]]:
    """Visit, view and reader image key of every film of a case."""
    timepoints = films.timepoints if films else ()
    return {(one.visit, view, image) for one in timepoints for view, image in one.images.items()}


def images_of(films: FrozenCase | None) -> set[str]:
    """Every reader image key of a case."""
    return {image for _, _, image in placements(films)}


def visits_of(campaign: Campaign) -> list[str]:
    """The visit codes of the campaign, including visits for which a case has no film."""
    return visits_shown(campaign, identities(list(campaign.cases.all())).values())
