"""Cases whose films have changed since they were frozen; compared again only after a film or a case has changed."""

from __future__ import annotations

from audit.newest_event import state_of
from config.process_cache import Kept
from reading.campaigns.opening import cases_with_other_films
from reading.models import Campaign, Case

ABOUT = ("studies.film", "studies.visit", "studies.visitplan", "studies.subject", "reading.case", "reading.campaign")
Found = list[tuple[int, str]]
found = Kept[Found](size=16)


def late_films(campaign: Campaign) -> list[tuple[Case, str]]:
    """Live cases whose ready films now differ from the frozen ones, with the difference in words."""

    def compare() -> Found:
        return [(case.pk, says) for case, says in cases_with_other_films(campaign)]

    late = found.of(campaign.pk, state_of(campaign.trial.code, ABOUT), compare)
    cases = campaign.cases.in_bulk([case for case, _ in late])
    return [(cases[case], says) for case, says in late]
