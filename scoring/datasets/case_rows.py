"""The rows of one case for every table, recomputed from signed bytes; refuses a stored result that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from typing import Any

import instruments
from instruments.definition import Instrument
from reading.campaigns.frozen_films import FrozenCase
from reading.charter.versions import terms_of
from reading.models import (
    Case,
    CaseStatus,
    DisplayedTimepoint,
    Read,
    ReadKind,
    ReadStatus,
    ReadStep,
    SignedValues,
)
from scoring.consensus.case_result import Computed, compute_from, trigger_json
from scoring.consensus.results import Numbers, numbers_of
from scoring.consensus.rules import rule_of
from scoring.consensus.sealed_result import interval_in, opened_result
from scoring.consensus.signed_series import SignedRead, newest_values, signed_reads, visits_of
from scoring.datasets.saved_scores import SavedScores
from scoring.models import CaseResult, Outcome
from studies.models import Film, Subject, Visit

PLACES = 4
Row = dict[str, object]


class ResultDiffers(RuntimeError):
    """The stored result of a case differs from the result of its signed values."""


@dataclass(frozen=True)
class CaseData:
    """All data of one case that the tables need, fetched in blocks by scoring.datasets.loading.

    `films` holds the film behind each reader image key, `result` the newest stored result, `reads` every read in order
    of issue, `scores` what was saved by the key of the timepoint.
    """

    case: Case
    reader_codes: dict[int, str]
    frozen: FrozenCase
    subject: Subject
    visits: dict[int, Visit]
    films: dict[str, Film]
    result: CaseResult | None
    reads: list[Read]
    scores: SavedScores

    @cached_property
    def instrument(self) -> Instrument:
        """The instrument of the charter."""
        return instruments.get(terms_of(self.case.campaign.charter).instrument)

    @cached_property
    def places(self) -> dict[int, int]:
        """The index of each visit, from 0."""
        return {timepoint.visit: place for place, timepoint in enumerate(self.frozen.timepoints)}

    @cached_property
    def signed(self) -> list[Read]:
        """The signed reads in order of issue, primary first."""
        reads = [read for read in self.reads if read.status == ReadStatus.SIGNED]
        return sorted(reads, key=lambda read: (read.kind != ReadKind.PRIMARY, read.pk))

    @cached_property
    def signed_reads(self) -> list[SignedRead]:
        """The same with their values."""
        return signed_reads(self.signed, self.instrument, self.frozen)

    @cached_property
    def visit_of(self) -> dict[str, int]:
        """The visit of each timepoint of every read, by its token."""
        return {token: visit for read in self.reads for token, visit in visits_of(read).items()}

    @cached_property
    def slots(self) -> dict[int, str]:
        """READER 1 and so on for everyone who ever signed a primary read of the case, in order of issue.

        A replaced reader keeps their slot, so that neither their repeat nor the reads of others move to another slot.
        """
        primary = [read.reader_id for read in self.reads if read.kind == ReadKind.PRIMARY and was_signed(read)]
        return {reader: f"READER {place}" for place, reader in enumerate(dict.fromkeys(primary), start=1)}

    def slot(self, read: Read) -> str:
        """READER 1, 2 and so on, or ADJUDICATOR; a repeat has the slot of the read that it repeats."""
        return "ADJUDICATOR" if read.kind == ReadKind.ADJUDICATION else self.slots[read.reader_id]

    @cached_property
    def head(self) -> Row:
        """The columns that begin most rows."""
        return {
            "STUDYID": self.case.campaign.trial.code,
            "USUBJID": self.subject.code,
            "SITEID": self.subject.site.code,
        }

    def may_decide(self, read: Read) -> bool:
        """Whether results use a read: not a repeat, nor a third read of a case whose readers agreed (a control)."""
        if read.kind == ReadKind.ADJUDICATION:
            return self.result is not None and self.result.outcome == Outcome.ADJUDICATED
        return read.kind == ReadKind.PRIMARY

    def visit_columns(self, visit: int) -> Row:
        """The columns that name a visit."""
        return {"VISITPOS": self.places[visit] + 1, "VISIT": self.visits[visit].code}


def was_signed(read: Read) -> bool:
    """Whether every step was ever signed, even if the read was returned or replaced afterwards."""
    steps = read.steps.all()
    return bool(steps) and all(step.signed_values.all() for step in steps)


def checked_result(data: CaseData) -> tuple[CaseResult, Computed]:
    """The newest stored result and the one recomputed from the signed values; ResultDiffers if they differ."""
    case, stored = data.case, data.result
    opened = opened_result(stored) if stored else None
    computed = compute_from(case, data.signed_reads, interval_in(opened)) if opened else None
    if computed is None or stored is None or opened is None:
        raise ResultDiffers(f"Case {case.number} has no result.")
    differs = (
        opened["numbers"] != computed.numbers
        or opened["readers"] != list(computed.readers)
        or opened["one_sided"] != list(computed.trigger.one_sided)
        or stored.trigger != trigger_json(computed.trigger)
    )
    if differs:
        raise ResultDiffers(f"The stored result of case {case.number} differs from what its signed values give.")
    return stored, computed


def score_rows(data: CaseData) -> Iterator[Row]:
    """One row per item of every signed read."""
    for read in data.signed:
        for signed in newest_values(read):
            yield from signed_rows(data, read, signed)


def signed_rows(data: CaseData, read: Read, signed: SignedValues) -> Iterator[Row]:
    """The rows of one signed step, in reading order."""
    timepoints, visits = signed.timepoints, data.visit_of
    saved = saved_details(data, read)
    order = sorted(timepoints, key=lambda token: data.places[visits[token]])
    of_read = {**read_columns(data, read, signed.step), "SIGNDTC": stamp(signed.step.locked_at)}
    same = {
        token: {
            **data.head,
            **data.visit_columns(visits[token]),
            **of_read,
            "BLINDPOS": timepoints[token]["letter"],
            "METHOD": f"{data.instrument.key} {data.instrument.version}",
        }
        for token in order
    }
    of_item = item_columns(data.instrument)
    for item in data.instrument.items:
        for token in order:
            shown = timepoints[token]
            value, reason, revision = shown["values"][item.key]
            entry, saved_at = saved[token, item.key, revision]
            yield {
                **same[token],
                **of_item[item.key],
                "IMGID": shown["films"].get(f"{item.region}-{item.side}", ""),
                "AVAL": "" if value is None else value,
                "AVALMAX": max(item.allowed),
                "NAREASON": reason,
                "ENTRYMTH": entry,
                "SCOREDTC": stamp(saved_at),
            }


@cache
def item_columns(instrument: Instrument) -> Mapping[str, Row]:
    """The columns that name each item, by its key."""
    return {
        item.key: {
            "FEATURE": item.feature,
            "SIDE": item.side,
            "REGION": item.region,
            "JOINT": item.joint,
            "PARAMCD": item.paramcd,
        }
        for item in instrument.items
    }


def read_columns(data: CaseData, read: Read, step: ReadStep) -> Row:
    """The columns that name a signed read and its step."""
    named = {"READER": data.slot(read), "READERID": data.reader_codes[read.reader_id], "READID": read.token}
    return {**named, **flags_of(data, read, step)}


def flags_of(data: CaseData, read: Read, step: ReadStep) -> Row:
    """The step's number, whether it counts, and whether the whole read is a repeat."""
    return {
        "STEP": step.position + 1,
        "COUNTFL": "Y" if step.counts and data.may_decide(read) else "",
        "REPEATFL": "Y" if read.kind == ReadKind.REPEAT else "",
    }


def saved_details(data: CaseData, read: Read) -> dict[tuple[str, str, int], tuple[str, datetime]]:
    """How and when each revision of each cell was saved."""
    return {
        (timepoint.token, score.item, score.revision): (score.entry, score.saved_at)
        for timepoint in timepoints_of(read)
        for score in data.scores[timepoint.pk]
    }


def timepoints_of(read: Read) -> list[DisplayedTimepoint]:
    """Every timepoint of a read as shown."""
    return [timepoint for step in read.steps.all() for timepoint in step.timepoints.all()]


def number_rows(data: CaseData, computed: Computed, kind: str) -> Iterator[Row]:
    """Rows of totals or changes: of every reader, of every repeat, then of the result."""
    for one in data.signed_reads:
        read, slot, code = one.read, data.slot(one.read), data.reader_codes[one.read.reader_id]
        if read.kind == ReadKind.REPEAT:
            yield from amounts(data, numbers_of_repeat(data, one)[kind], kind, f"{slot} REPEAT", code)
        elif numbers := computed.numbers["readers"].get(str(read.reader_id)):
            yield from amounts(data, numbers[kind], kind, slot, code)
    if (result := computed.numbers["result"]) is not None:
        codes = [" ".join(data.reader_codes[reader] for reader in one) for one in result["readers"][kind]]
        yield from amounts(data, result[kind], kind, "RESULT", "", codes)


def numbers_of_repeat(data: CaseData, repeat: SignedRead) -> Numbers:
    """The numbers of a repeat, which are not used in any result."""
    return numbers_of(data.instrument, repeat.series, rule_of(terms_of(data.case.campaign.charter)))


def amounts(
    data: CaseData, places: list[dict[str, Any]], kind: str, source: str, code: str, readers: Sequence[str] = ()
) -> Iterator[Row]:
    """The rows of one source; changes begin at the second visit. `readers` are those of a result, by visit."""
    timepoints = data.frozen.timepoints[1:] if kind == "changes" else data.frozen.timepoints
    for timepoint, groups, averaged in zip(timepoints, places, readers or [""] * len(places), strict=True):
        visit = data.visits[timepoint.visit]
        row: Row = {**data.head, **data.visit_columns(timepoint.visit), "SOURCE": source, "READERID": code}
        row["READERS"] = averaged
        if kind == "changes":
            row["BASEVISIT"] = data.visits[data.frozen.timepoints[0].visit].code
        else:
            row |= {"VISITTYPE": visit.kind, "FILMDTC": timepoint.day}
        for group, amount in groups.items():
            yield row | {
                "GROUP": group,
                "EXACT": amount["value"] or "",
                "AVAL": rounded(amount["value"]),
                "NAREASON": amount["reason"],
                "ASSESSED": amount["assessed"],
                "IMPUTED": amount["imputed"],
            }


@lru_cache(maxsize=4096)
def rounded(exact: str | None) -> str:
    """The fraction rounded once, half to even, to PLACES decimals."""
    if exact is None:
        return ""
    return str(Decimal(round(Fraction(exact) * 10**PLACES)).scaleb(-PLACES))


def case_row(data: CaseData, result: CaseResult | None) -> Row:
    """The row of the case itself; one without a result has the reason."""
    row: Row = {**data.head, "CASENUM": data.case.number, "CHARTVER": data.case.charter.version, "OUTCOME": "voided"}
    row |= {"VOIDCAUSE": data.case.void_cause, "VOIDREASON": data.case.void_reason}
    if data.case.has_no_result or result is None:
        stopped = {"OUTCOME": "stopped", "VOIDCAUSE": "", "VOIDREASON": "consent withdrawn"}
        return row if data.case.status == CaseStatus.VOIDED else row | stopped
    trigger, opened = result.trigger, opened_result(result)
    return row | {
        "OUTCOME": result.outcome,
        "RULE": result.rule,
        "READERS": " ".join(data.reader_codes[reader] for reader in opened["readers"]),
        "LARGEST": rounded(trigger["largest"]),
        "THRESHOLD": rounded(trigger["threshold"]),
        "ONESIDED": " ".join(str(place + 1) for place in opened["one_sided"]),
    }


@lru_cache(maxsize=4096)
def stamp(at: datetime | None) -> str:
    """A time in UTC as ISO 8601 with milliseconds. Most times of a case are written twice: scores and revisions."""
    return "" if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
