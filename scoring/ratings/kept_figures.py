"""The agreement of a campaign's readers as a job computed it: no request computes it, however large the campaign.

Figures that are older than the newest signature are shown with their date until the job has made newer ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone

from audit.trail import audited_atomic
from jobs.models import Job
from jobs.queue import Lease, add
from reading.charter.versions import terms_of
from reading.models import Campaign
from reading.seals import seal, unseal
from scoring.models import AgreementFigures
from scoring.ratings.agreement_data import Row, agreement_data
from scoring.ratings.campaign import Values, ratings_of
from scoring.ratings.signed_state import signed_state
from scoring.ratings.visits import CaseVisits
from scoring.reader_codes import reader_codes

KIND = "scoring.agreement"
MARK = "\x1f"  # no name and no code of a visit has this character


@dataclass(frozen=True, eq=False)
class KeptFigures:
    """The figures for one group of sites over the interval to `end`; without `data` where there are none yet.

    `visits` are those of the campaign, without those of single cases. `change` is cases x readers.
    """

    end: str
    visits: CaseVisits
    data: Row | None
    change: Values
    as_of: datetime
    state: str

    def named(self, names: Mapping[str, str]) -> Row | None:
        """The figures with these names in place of the readers' codes."""
        known = {placeholder(code): name for code, name in names.items()}
        return None if self.data is None else {key: with_names(value, known) for key, value in self.data.items()}


def placeholder(code: str) -> str:
    """What stands for a reader in stored figures: people see names or codes, depending on their role."""
    return f"{MARK}{code}"


def with_names(found: Any, names: Mapping[str, str]) -> Any:
    """The figures with every reader named.

    >>> with_names({"readers": ["a", "b"], "n": 2}, {"a": "R01"})
    {'readers': ['R01', 'b'], 'n': 2}
    """
    if isinstance(found, dict):
        return {key: with_names(value, names) for key, value in found.items()}
    if isinstance(found, list):
        return [with_names(value, names) for value in found]
    return names.get(found, found) if isinstance(found, str) else found


def newest_figures(campaign: Campaign) -> KeptFigures | None:
    """Those computed last, whatever the group of sites and the interval."""
    row = AgreementFigures.objects.filter(campaign=campaign).order_by("-as_of", "-pk").first()
    return opened(row) if row else None


def figures_to(campaign: Campaign, group: str, end: str) -> KeptFigures | None:
    """Those of a group of sites over the interval to a visit."""
    row = AgreementFigures.objects.filter(campaign=campaign, group=group, end=end).first()
    return opened(row) if row else None


def opened(row: AgreementFigures) -> KeptFigures:
    """The figures of a row."""
    content = unseal(row.sealed, bound_to=binding(row))
    visits = CaseVisits({}, *(tuple(codes) for codes in content["visits"]))
    change = np.array(content["change"], dtype=np.float64)
    return KeptFigures(row.end, visits, content["data"], change, row.as_of, row.state)


def binding(row: AgreementFigures) -> str:
    """What the sealed figures belong to."""
    return f"agreement of campaign {row.campaign_id}, {row.group}, to {row.end}, at {row.state}"


def ask_for_figures(campaign: Campaign, group: str, end: str, state: str) -> Job:
    """The job that computes the figures of this state; added once."""
    key = f"{campaign.pk}-{group}-{end}-{state}"
    job = Job.objects.filter(kind=KIND, key=key).first()
    if job is None:
        with audited_atomic():
            job = add(kind=KIND, key=key, payload={"campaign": campaign.pk, "group": group, "end": end})
    return job


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Computes the figures of {"campaign": id, "group": sites, "end": visit}; nobody's later ones are replaced."""
    campaign = Campaign.objects.select_related("trial", "charter").get(pk=payload["campaign"])
    as_of, state = timezone.now(), signed_state(campaign)
    if has_figures(campaign, payload["group"], payload["end"], state):
        with audited_atomic():
            return lease.finish()
    row = computed(campaign, payload["group"], payload["end"], state)
    row.as_of = as_of
    with audited_atomic():
        lease.finish()
        keep(row)


def has_figures(campaign: Campaign, group: str, end: str, state: str) -> bool:
    """Whether an earlier job has computed the figures of this state."""
    rows = AgreementFigures.objects.filter(campaign=campaign, state=state, group=group)
    return (rows.filter(end=end) if end else rows).exists()


def computed(campaign: Campaign, group: str, wanted: str, state: str) -> AgreementFigures:
    """The figures to the wanted visit or, where no interval ends with it, to the one that the charter refers to."""
    ratings = ratings_of(campaign, group)
    visits, data, change = ratings.visits, None, ratings.changes[:, :0]
    end = wanted if wanted in visits.ends else visits.end(terms_of(campaign.charter).reference_visit)
    if not ratings.people or end is None:
        end = ""
    else:
        names = {reader: placeholder(code) for reader, code in reader_codes(campaign).items()}
        data = agreement_data(campaign, ratings, group=group, end=end, names=names)
        change = ratings.changes[:, visits.ends.index(end)]
    row = AgreementFigures(campaign=campaign, group=group, end=end, state=state)
    content = {"visits": [visits.planned, visits.unscheduled, visits.earlier], "data": data, "change": change.tolist()}
    row.sealed = seal(content, bound_to=binding(row))
    return row


def keep(row: AgreementFigures) -> None:
    """Writes the figures unless those of a later state are there. Inside a transaction."""
    made = {"state": row.state, "as_of": row.as_of, "sealed": row.sealed}
    kept, new = AgreementFigures.objects.get_or_create(
        campaign=row.campaign, group=row.group, end=row.end, defaults=made
    )
    if not new:
        AgreementFigures.objects.filter(pk=kept.pk, as_of__lt=row.as_of).update(**made)
