"""The signed entries of reads as sheets for the checks. Timepoints are in the order of their random tokens."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet

from config.process_cache import Kept
from instruments.definition import Instrument
from instruments.not_assessable import ABSENT
from reading.models import Campaign, Read, ReadStatus, SignedValues
from reading.room.cells import instrument_of_campaign
from reading.room.impossible_codes import knows_reason
from scoring.checks.after_close import findings_of_closed
from scoring.checks.rules import Checks, RuleFinding, Sheet
from scoring.consensus.signed_series import demand_as_signed
from scoring.ratings.signed_state import signed_state

Entries = dict[str, dict[str, list[Any]]]


@dataclass(frozen=True, eq=False)
class CheckedRead:
    """A signed read and the findings from its own entries."""

    read: Read
    findings: list[RuleFinding]


@dataclass(frozen=True, eq=False)
class CheckedCampaign:
    """The number of checked signed reads, and those with a finding."""

    count: int
    found: list[CheckedRead]

    def of(self, read: Read) -> list[RuleFinding]:
        """The findings of a read."""
        return next((one.findings for one in self.found if one.read.pk == read.pk), [])


checked_kept = Kept[CheckedCampaign](size=16)


def checked_campaign(campaign: Campaign) -> CheckedCampaign:
    """The checks of a campaign, recomputed after a new signature."""
    key = (campaign.pk, campaign.status)
    return checked_kept.of(key, signed_state(campaign), lambda: check_campaign(campaign))


def check_campaign(campaign: Campaign) -> CheckedCampaign:
    """Every signed read alone; once the campaign is closed, also in true order and against the partner's read."""
    reads, instrument = list(signed_of(campaign)), instrument_of_campaign(campaign)
    entries, checks = entries_of(reads), Checks(instrument)
    closed = findings_of_closed(campaign, list(signed_of(campaign)))
    checked = [
        CheckedRead(read, [*checks.of(sheet_of(instrument, entries[read.pk])), *closed[read.pk]]) for read in reads
    ]
    return CheckedCampaign(len(reads), [one for one in checked if one.findings])


def signed_of(campaign: Campaign) -> QuerySet[Read]:
    """The signed reads of every purpose, of live cases."""
    signed = Read.objects.filter(case__in=campaign.cases.live(), status=ReadStatus.SIGNED)
    return signed.select_related("case", "reader").order_by("case__number", "reader__name", "pk")


def entries_of(reads: Iterable[Read]) -> dict[int, Entries]:
    """The newest signed entries of the steps that count, by read and token of the timepoint."""
    signed = SignedValues.objects.filter(step__read__in=[read.pk for read in reads], step__counts=True)
    columns = ("step_id", "step__read_id", "values", "digest")
    newest = {step: content for step, *content in signed.order_by("version").values_list(*columns)}
    found: dict[int, Entries] = {read.pk: {} for read in reads}
    for read, values, digest in newest.values():
        demand_as_signed(values, digest, read)
        timepoints = json.loads(values)["timepoints"]
        found[read] |= {token: entered["values"] for token, entered in timepoints.items()}
    return found


def sheet_of(instrument: Instrument, entries: Entries) -> Sheet:
    """The entries as timepoints x items."""
    shape = (len(entries), len(instrument.items))
    sheet = Sheet(np.full(shape, np.nan), np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool))
    for row, token in enumerate(sorted(entries)):
        for key, (value, reason, _) in entries[token].items():
            column = instrument.positions[key]
            sheet.shown[row, column] = reason != ABSENT.code
            if value is not None:
                sheet.grades[row, column] = value
            elif reason and not knows_reason(instrument, reason):
                sheet.strange[row, column] = True
    return sheet
