"""Opening a training campaign with chosen cases of a closed campaign: the same films under new tokens and orders."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor
from config.errors import BadInput, WrongState
from config.wording import both, either, quoted
from reading.campaigns.case_seals import identities
from reading.campaigns.frozen_films import FrozenCase, freeze
from reading.campaigns.opening import open_campaign, placements
from reading.campaigns.shown_visits import composed, visits_shown
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus, Case, CaseStatus
from reading.states import said_of
from studies.models import Subject

ENDED = (CampaignStatus.CLOSED, CampaignStatus.LOCKED)
WITH_RESULT = (CaseStatus.CONSENSUS, CaseStatus.ADJUDICATED)


def open_with_cases(*, campaign: Campaign, source: Campaign, numbers: Sequence[int], actor: Actor) -> list[Case]:
    """Opens the training campaign with the subjects and visits of these cases; all get new tokens and numbers."""
    authorise(actor, Action.RUN_CAMPAIGN)
    if not campaign.trains:
        raise WrongState(f"Campaign {campaign.code} is not a training campaign. Its cases cannot be chosen by number.")
    demand_source(campaign, source)
    cases = chosen_cases(source, numbers)
    films = identities(cases)
    demand_not_being_read(source, cases, films)
    subjects = list(Subject.objects.filter(pk__in=[frozen.subject for frozen in films.values()]))
    visits = visits_shown(campaign, films.values())
    demand_same_films(source, cases, films, freeze_now(campaign, subjects, visits))
    return open_campaign(campaign=campaign, actor=actor, subjects=subjects, visits=visits)


def demand_source(campaign: Campaign, source: Campaign) -> None:
    """Raises unless `source` has ended, counts, and has the same trial and instrument."""
    if source.status not in ENDED:
        raise WrongState(f"{said_of(source)} Only cases of a closed campaign can be used for training.")
    own, other = (terms_of(one.charter).instrument for one in (campaign, source))
    if source.trains or source.trial_id != campaign.trial_id or own != other:
        text = f"Cases of campaign {source.code} cannot be used in training campaign {campaign.code}."
        raise BadInput(f"{text} Choose one of the same trial and instrument that is not for training.", field="source")


def chosen_cases(source: Campaign, numbers: Sequence[int]) -> list[Case]:
    """The cases with these numbers; BadInput for a number without a case that has a result and consent."""
    cases = source.cases.to_read().filter(status__in=WITH_RESULT, number__in=numbers)
    found = {case.number: case for case in cases}
    if lacking := [number for number in dict.fromkeys(numbers) if number not in found]:
        text = f"Campaign {source.code} has no case with the number {either(lacking)}"
        raise BadInput(f"{text} that has a result and the subject's consent. Enter other numbers.", field="cases")
    return [found[number] for number in dict.fromkeys(numbers)]


def demand_not_being_read(source: Campaign, cases: Sequence[Case], films: dict[int, FrozenCase]) -> None:
    """WrongState if a subject is being read in an open campaign: its readers would have seen a reference."""
    for campaign in source.trial.campaigns.filter(status=CampaignStatus.OPEN, training=None):
        read_now = {frozen.subject for frozen in identities(list(campaign.cases.live())).values()}
        if busy := [case.number for case in cases if films[case.pk].subject in read_now]:
            text = f"{named(busy)} of campaign {source.code} cannot be used for training"
            same = "the same subject" if len(busy) == 1 else "the same subjects"
            raise WrongState(f"{text}: campaign {campaign.code} is open and shows films of {same}.")


def freeze_now(campaign: Campaign, subjects: list[Subject], visits: Sequence[str]) -> dict[int, FrozenCase]:
    """What the campaign would show of each subject if it were opened now."""
    frozen = freeze(campaign.trial, subjects=subjects, visits=composed(campaign, visits), cut_off=timezone.now())
    return {films.subject: films for films in frozen}


def demand_same_films(
    source: Campaign, cases: Sequence[Case], films: dict[int, FrozenCase], now: dict[int, FrozenCase]
) -> None:
    """BadInput if a case would show other films than those that were read: its consensus would not be about them."""
    changed = [
        case.number for case in cases if placements(films[case.pk]) != placements(now.get(films[case.pk].subject))
    ]
    if changed:
        text = f"{named(changed)} of campaign {source.code} would show other films or visits than those that were read"
        raise BadInput(f"{text}. Choose other cases, or cases with the same visits.", field="cases")


def named(numbers: Sequence[int]) -> str:
    """Cases by number, at the beginning of a sentence."""
    return f"Case{'s' if len(numbers) > 1 else ''} {both(numbers)}"


def case_numbers(text: str) -> list[int]:
    """The numbers in a text such as "3, 17, 20"; BadInput for anything else."""
    parts = text.replace(",", " ").split()
    if not parts or not all(part.isascii() and part.isdecimal() and len(part) < 7 for part in parts):
        given = f"The case numbers cannot be {quoted(text)}" if parts else "The case numbers are missing"
        raise BadInput(f"{given}. Enter numbers with commas between them, such as 3, 17, 20.", field="cases")
    return [int(part) for part in parts]


def sources_for(campaign: Campaign) -> Collection[Campaign]:
    """The campaigns whose cases can train readers by this one's charter."""
    instrument = terms_of(campaign.charter).instrument
    ended = campaign.trial.campaigns.filter(status__in=ENDED, training=None).select_related("charter")
    return [one for one in ended if terms_of(one.charter).instrument == instrument]
