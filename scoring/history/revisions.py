"""The revisions of a campaign: each cell's content before and after, when and how it changed, and its signature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

import instruments
from instruments.definition import Instrument
from reading.campaigns.case_seals import identities
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus, Case, DisplayedTimepoint, ItemScore, SignedValues
from reading.room.change_reasons import CHANGE_REASONS
from scoring.consensus.signed_series import visits_of_timepoints
from studies.models import Subject, Visit

IDENTIFIED = (CampaignStatus.CLOSED, CampaignStatus.LOCKED)


def revisions_of(campaign: Campaign) -> QuerySet[ItemScore]:
    """Every revision of every read, newest first, whatever the status of the read."""
    return ItemScore.objects.filter(timepoint__step__read__case__campaign=campaign).order_by("-pk")


def described(revisions: QuerySet[ItemScore]) -> QuerySet[ItemScore]:
    """With the content before, the time of the next revision, and the first signature after it."""
    cell = ItemScore.objects.filter(timepoint=OuterRef("timepoint"), item=OuterRef("item"))
    before = cell.filter(revision=OuterRef("revision") - 1)
    signed = SignedValues.objects.filter(
        step=OuterRef("timepoint__step"), signature__signed_at__gte=OuterRef("saved_at")
    ).order_by("version")
    read = "timepoint__step__read"
    return revisions.select_related(f"{read}__case", f"{read}__reader", "timepoint__step").annotate(
        old_value=Subquery(before.values("value")[:1]),
        old_reason=Subquery(before.values("reason")[:1]),
        replaced_at=Subquery(cell.filter(revision=OuterRef("revision") + 1).values("saved_at")[:1]),
        version=Subquery(signed.values("version")[:1]),
        version_at=Subquery(signed.values("signature__signed_at")[:1]),
    )


def content_of(value: int | None, reason: str | None) -> str:
    """The content of a cell in words.

    >>> content_of(2, ""), content_of(None, "projection"), content_of(None, None)
    ('2', 'projection', 'empty')
    """
    if value is not None:
        return str(value)
    return reason or "empty"


def signature_state(version: int | None, version_at: datetime | None, replaced_at: datetime | None) -> str:
    """Whether a revision was signed, in which version, or replaced before anybody signed it."""
    if replaced_at is not None and (version_at is None or replaced_at <= version_at):
        return "replaced before signing"
    return "not signed" if version is None else f"signed, version {version}"


def reason_of(reason: str, note: str) -> str:
    """Why the value changed after a signature; empty before the first one.

    >>> reason_of("other", "seen again"), reason_of("", "")
    ('Another reason, given in the text: seen again', '')
    """
    return f"{CHANGE_REASONS.get(reason, reason)}: {note}" if reason else ""


@dataclass
class Identities:
    """Subject and visit of the requested timepoints, opened once each for people who may see them."""

    campaign: Campaign
    _subjects: dict[int, str] = field(default_factory=dict)
    _visits: dict[int, str] = field(default_factory=dict)

    def load(self, timepoints: Iterable[int]) -> None:
        """Opens the seals of these timepoints, by their ids, and of their cases, in a fixed number of statements."""
        new = set(timepoints) - self._visits.keys()
        frozen = identities(list(Case.objects.filter(reads__steps__timepoints__in=new).distinct()))
        codes = dict(Subject.objects.filter(pk__in=[f.subject for f in frozen.values()]).values_list("pk", "code"))
        self._subjects |= {case: codes[films.subject] for case, films in frozen.items()}
        shown = visits_of_timepoints(new)
        names = dict(Visit.objects.filter(pk__in=shown.values()).values_list("pk", "code"))
        self._visits |= {timepoint: names[visit] for timepoint, visit in shown.items()}

    def load_all(self) -> None:
        """Opens the seals of every timepoint of the campaign."""
        of_campaign = DisplayedTimepoint.objects.filter(step__read__case__campaign=self.campaign)
        self.load(of_campaign.values_list("pk", flat=True))

    def subject(self, case: int, timepoint: int) -> str:
        """The subject's code."""
        self._need(timepoint)
        return self._subjects[case]

    def visit(self, case: int, timepoint: int) -> str:
        """The visit's code."""
        self._need(timepoint)
        return self._visits[timepoint]

    def _need(self, timepoint: int) -> None:
        if timepoint not in self._visits:
            self.load([timepoint])


def instrument_of_history(campaign: Campaign) -> Instrument:
    """The instrument whose joints and features filter the history."""
    return instruments.get(terms_of(campaign.charter).instrument)


def fetch(campaign: Campaign, keys: Sequence[int], known: Identities | None) -> list[ItemScore]:
    """The rows of one page."""
    rows = list(described(revisions_of(campaign).filter(pk__in=keys)))
    if known is not None:
        known.load(row.timepoint_id for row in rows)
    return rows
