"""Writes the rows of cases into every file of a package, in blocks: nothing of a block is kept when the next begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.queue import Lease
from scoring.cdisc.facts import CaseFacts
from scoring.cdisc.transfer import Transfer
from scoring.datasets.analysis_table import ANALYSIS, EVENTS
from scoring.datasets.case_rows import CaseData, Row, case_row, checked_result, number_rows, score_rows
from scoring.datasets.garbage import collected_after_each
from scoring.datasets.loading import BLOCK, blocks_of, loaded
from scoring.datasets.package import Package
from scoring.datasets.revision_rows import first_signed_rows, revision_rows
from scoring.datasets.shown_rows import order_rows, read_rows
from scoring.datasets.tables import CASES, CHANGES, FIRST_SIGNED, ORDERS, READS, REVISIONS, SCORES, TOTALS
from scoring.datasets.transfer_facts import CampaignTransfer, facts_of_case
from scoring.endpoint.analysis_rows import analysis_rows, case_films

Rows = dict[str, int]


def as_read(data: CaseData) -> CaseData:
    """The case as read."""
    return data


@dataclass(frozen=True)
class CaseSource:
    """The cases of a package by id in the order of their rows, the readers' codes, and what all cases share.

    `given` is what the writers get for a case: the case itself, or for a test another in its place.
    """

    order: Sequence[int]
    codes: dict[int, str]
    shared: CampaignTransfer
    given: Callable[[CaseData], CaseData] = as_read

    def blocks(self, lease: Lease, saying: str) -> Iterator[Sequence[int]]:
        """The ids in blocks; progress is kept in the job."""
        for done, block in enumerate(blocks_of(self.order)):
            lease.progress(done * BLOCK, len(self.order), saying)
            yield block

    def load(self, block: Sequence[int]) -> Iterator[CaseData]:
        """The cases of a block in the form for the writers."""
        return map(self.given, loaded(block, self.codes))


def write_cases(source: CaseSource, folder: Path, lease: Lease, events: Iterable[Row] = ()) -> tuple[Rows, Rows]:
    """Writes every case's rows, then the events; returns rows by table and by CDISC file."""
    with Package(folder) as package, Transfer(folder, source.shared.facts) as transfer:
        for block in collected_after_each(source.blocks(lease, "recomputing and writing cases")):
            write_block(package, transfer, source, block)
        package.write(EVENTS, events)
        return package.counts, transfer.counts


def write_block(package: Package, transfer: Transfer, source: CaseSource, block: Sequence[int]) -> None:
    """Writes the rows of some cases; nothing of them is kept in memory afterwards."""
    cases = [write_case(package, data, source.shared) for data in source.load(block)]
    transfer.write([case for case in cases if case is not None])


def write_case(package: Package, data: CaseData, shared: CampaignTransfer) -> CaseFacts | None:
    """Writes the rows of one case into every table; returns its facts for the CDISC files.

    A case without a result has its one row, the orders and the revisions, and nothing in the CDISC files.
    """
    package.write(ORDERS, order_rows(data))
    package.write(REVISIONS, revision_rows(data))
    if data.case.has_no_result:
        package.write(CASES, [case_row(data, None)])
        return None
    result, computed = checked_result(data)
    scores, totals = list(score_rows(data)), list(number_rows(data, computed, "totals"))
    package.write(CASES, [case_row(data, result)])
    package.write(SCORES, scores)
    package.write(TOTALS, totals)
    package.write(CHANGES, number_rows(data, computed, "changes"))
    package.write(READS, read_rows(data))
    package.write(FIRST_SIGNED, first_signed_rows(data, computed))
    if shared.analysis is None:
        return facts_of_case(data, computed, shared, None, scores, totals)
    films = case_films(data, computed, shared.analysis)
    package.write(ANALYSIS, analysis_rows(data, computed, shared.analysis, films))
    return facts_of_case(data, computed, shared, films, scores, totals)
