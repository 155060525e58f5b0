"""What became of the cases, and why changes are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from reading.charter.terms import EVENT_KINDS
from scoring.endpoint.by_arm.blocks import ReportColumn, ReportTable, Row
from scoring.endpoint.by_arm.tables import VISIT
from scoring.endpoint.by_arm.visits import AnalysisVisit, later
from scoring.models import Outcome

Line = Mapping[str, str]
VOIDED, STOPPED = "voided", "stopped"
MOST_REASONS = 20
OUTCOMES = {str(value): str(label) for value, label in Outcome.choices} | {
    VOIDED: "Voided",
    STOPPED: "Consent withdrawn before a result",
}


def disposition(cases: Sequence[Line], events: Iterable[Line]) -> ReportTable:
    """Cases by outcome, reasons of voided ones, and subjects with an intercurrent event that was imported."""
    outcomes = Counter(case["OUTCOME"] for case in cases)
    reasons = Counter(case["VOIDREASON"] for case in cases if case["OUTCOME"] == VOIDED)
    subjects = {case["USUBJID"] for case in cases}
    having = Counter(event["kind"] for event in events if event["subject"] in subjects)
    rows = [share_row("Subjects with a case", len(subjects), 0), share_row("Cases", len(cases), 0)]
    rows += [share_row(label, outcomes[value], len(cases)) for value, label in OUTCOMES.items() if outcomes[value]]
    rows += [share_row(f"Voided: {reason}", number, len(cases)) for reason, number in most(reasons)]
    rows += [
        share_row(f"Subjects with {words}", having[kind], len(subjects))
        for kind, words in EVENT_KINDS.items()
        if having[kind]
    ]
    columns = (
        ReportColumn("what", "Cases and subjects", "text"),
        ReportColumn("n", "n", "count"),
        ReportColumn("share", "%", "percent"),
    )
    return ReportTable("disposition", "Disposition of cases", columns, rows)


def share_row(what: str, number: int, of: int) -> Row:
    return {"what": what, "n": number, "share": number / of if of else None}


def missing_reasons(param: str, visits: Sequence[AnalysisVisit]) -> ReportTable:
    """Why changes of a parameter are missing, by visit, the most frequent reason first."""
    rows: list[Row] = []
    for visit in later(visits):
        reasons = Counter(row.reason for row in visit.rows if row.chg is None)
        rows += [{"visit": visit.name, "reason": reason, "n": number} for reason, number in most(reasons)]
    columns = (VISIT, ReportColumn("reason", "Reason", "text"), ReportColumn("n", "n", "count"))
    return ReportTable(f"{param}_missing", "Why changes are missing", columns, rows)


def most(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent reasons, and all others together."""
    found = counts.most_common(MOST_REASONS)
    others = counts.total() - sum(number for _, number in found)
    return [*found, *([("other reasons", others)] if others else [])]
