"""Subjects with too few films for a campaign, before it opens.

Every campaign reads the baseline again: changes are never computed between the scores of two campaigns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from django.db.models import Count

from config.errors import BadInput
from config.wording import counted
from reading.charter.planned_windows import baseline_of
from reading.charter.versions import terms_of
from reading.models import Campaign
from studies.models import Film, Subject

# The number of subjects that a sentence names.
SHORT_LIST = 10


def demand_baseline(campaign: Campaign, visits: Collection[str], *, confirmed: bool) -> str:
    """The baseline of the analysis if the visits lack it, else nothing; BadInput unless it was confirmed that they may.

    A campaign for training gives no change.
    """
    baseline = None if campaign.trains else baseline_of(campaign)
    if baseline is None or baseline in visits:
        return ""
    if confirmed:
        return baseline
    raise BadInput(
        f"The chosen visits do not include the baseline {baseline}. The dataset would have no change, because it uses "
        f"no scores of another campaign. Choose {baseline} as well, or confirm that the campaign opens without it.",
        field="visits",
    )


def subjects_lacking(campaign: Campaign) -> Iterator[str]:
    """The subjects that would not be read, and those whose changes would be missing, each in a sentence."""
    ready = Film.objects.ready().filter(trial=campaign.trial).order_by()
    visits = dict(ready.values_list("subject").annotate(Count("visit", distinct=True)))
    if not visits:
        return
    fewest, baseline = terms_of(campaign.charter).minimum_timepoints, baseline_of(campaign)
    subjects = list(Subject.objects.filter(trial=campaign.trial).order_by("natural", "pk").values_list("pk", "code"))
    if short := [f"{code} ({visits.get(pk, 0)})" for pk, code in subjects if visits.get(pk, 0) < fewest]:
        they = counted(len(short), "subject has", "subjects have")
        yield f"{they} ready films at fewer than {fewest} timepoints and would not be read: {first_of(short)}."
    if campaign.trains or baseline is None:
        return
    begun = set(ready.filter(visit__code=baseline).values_list("subject", flat=True))
    if late := [code for pk, code in subjects if visits.get(pk, 0) >= fewest and pk not in begun]:
        they = counted(len(late), "subject has", "subjects have")
        yield f"{they} no ready film of the baseline {baseline}, so their changes would be missing: {first_of(late)}."


def first_of(codes: Sequence[str]) -> str:
    """The first of the subjects, and how many more there are."""
    more = f" and {len(codes) - SHORT_LIST} more" if len(codes) > SHORT_LIST else ""
    return f"{', '.join(codes[:SHORT_LIST])}{more}"
