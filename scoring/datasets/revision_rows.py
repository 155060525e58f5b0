"""The rows about saved values: every revision of every score, and the results by the first-signed values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

from reading.models import SignedValues
from scoring.consensus.case_result import Computed
from scoring.consensus.signed_series import first_values, newest_values
from scoring.datasets.case_rows import CaseData, Row, item_columns, rounded, stamp, timepoints_of
from scoring.datasets.saved_scores import SavedScore

Revision = tuple[str, str, int]


def revision_rows(data: CaseData) -> Iterator[Row]:
    """One row per revision of every read of the case, in order of issue, then of saving."""
    visits, of_item = data.visit_of, item_columns(data.instrument)
    for read in data.reads:
        first, last = revisions_in(first_values(read)), revisions_in(newest_values(read))
        before: dict[tuple[str, str], SavedScore] = {}
        same = {
            timepoint.pk: {
                **data.head,
                **data.visit_columns(visits[timepoint.token]),
                "CASENUM": data.case.number,
                "READERID": data.reader_codes.get(read.reader_id, ""),
                "READID": read.token,
                "READSTATUS": str(read.status),
                "STEP": timepoint.step.position + 1,
                "BLINDPOS": timepoint.letter,
            }
            for timepoint in timepoints_of(read)
        }
        tokens = {timepoint.pk: timepoint.token for timepoint in timepoints_of(read)}
        saved = [score for timepoint in timepoints_of(read) for score in data.scores[timepoint.pk]]
        for score in sorted(saved, key=lambda score: score.pk):
            place = (tokens[score.timepoint], score.item)
            yield {
                **same[score.timepoint],
                **of_item[score.item],
                **columns_of(score, before.get(place)),
                "FIRSTFL": "Y" if (*place, score.revision) in first else "",
                "LASTFL": "Y" if (*place, score.revision) in last else "",
            }
            before[place] = score


def revisions_in(signed: Sequence[SignedValues]) -> set[Revision]:
    """The revision of each cell that these signatures cover."""
    return {
        (token, item, revision)
        for step in signed
        for token, shown in step.timepoints.items()
        for item, (_, _, revision) in shown["values"].items()
    }


def columns_of(score: SavedScore, before: SavedScore | None) -> Row:
    """The content of the revision, and the previous content of its cell."""
    return {
        "REVISION": score.revision,
        "OLDVAL": "" if before is None or before.value is None else before.value,
        "OLDREAS": before.reason if before else "",
        "AVAL": "" if score.value is None else score.value,
        "NAREASON": score.reason,
        "ENTRYMTH": score.entry,
        "CAPTDTC": stamp(score.captured_at),
        "CAPTFL": "" if score.captured_plausible else "N",
        "SCOREDTC": stamp(score.saved_at),
        "AFTERFL": "Y" if score.after_signature else "",
        "CHGREAS": score.change_reason,
        "CHGTEXT": score.change_note,
    }


def first_signed_rows(data: CaseData, computed: Computed) -> Iterator[Row]:
    """The result by the first-signed values next to the result; none for a case without one."""
    first, last = computed.numbers["first_result"], computed.numbers["result"]
    if last is None:
        return
    for kind, timepoints in (("totals", data.frozen.timepoints), ("changes", data.frozen.timepoints[1:])):
        for timepoint, early, late in zip(timepoints, first[kind], last[kind], strict=True):
            for group in late:
                yield {
                    **data.head,
                    **data.visit_columns(timepoint.visit),
                    "KIND": kind.removesuffix("s"),
                    "GROUP": group,
                    **both(early[group]["value"], late[group]["value"]),
                    "FIRSTDISC": "Y" if computed.numbers["first_discordant"] else "",
                }


def both(first: str | None, last: str | None) -> Row:
    """Two exact values and their difference.

    >>> both("1/2", "1")["DIFF"], both(None, "1")["DIFF"]
    ('0.5000', '')
    """
    return {
        "FIRSTEXACT": first or "",
        "FIRSTVAL": rounded(first),
        "LASTEXACT": last or "",
        "LASTVAL": rounded(last),
        "DIFF": difference_of(first, last),
    }


@lru_cache(maxsize=4096)
def difference_of(first: str | None, last: str | None) -> str:
    """The last minus the first, rounded once; empty when one is missing."""
    return "" if first is None or last is None else rounded(str(Fraction(last) - Fraction(first)))
