"""The results of a dataset over all arms: everything about one score, and the disposition of cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scoring.endpoint.by_arm.analysis_rows import AnalysisRow
from scoring.endpoint.by_arm.arms_list import Arms
from scoring.endpoint.by_arm.blocks import Figure, ReportSection, ReportTable
from scoring.endpoint.by_arm.tables import ARM, REASON, ParameterData, changes, origins, shares, values
from scoring.endpoint.by_arm.visits import AnalysisVisit, later, visits_of
from scoring.endpoint.pooled.disposition import Line, disposition, missing_reasons
from scoring.endpoint.pooled.figures import figures_of

EVERYONE = "All subjects"


@dataclass(frozen=True)
class PooledResults:
    """The disposition, and the section of a score; None when it has no visit after the baseline."""

    disposition: ReportTable
    section: ReportSection | None

    @property
    def figures(self) -> Sequence[Figure]:
        """The figures of the section."""
        return self.section.figures if self.section else ()

    @property
    def tables(self) -> Iterator[ReportTable]:
        """Every table, those of figures included."""
        yield self.disposition
        yield from self.section.tables if self.section else ()
        yield from (figure.data for figure in self.figures)

    def table(self, name: str) -> ReportTable | None:
        """The table of this file name."""
        return next((table for table in self.tables if table.file == name), None)

    def figure(self, name: str) -> Figure | None:
        """The figure of this file name."""
        return next((figure for figure in self.figures if figure.data.file == name), None)


def results_of(rows: Sequence[AnalysisRow], cases: Sequence[Line], events: Sequence[Line]) -> PooledResults:
    """The results of the rows of one score in analysis.csv, and of cases.csv and events.csv."""
    arms = one_arm(rows)
    sections = (section(score, visits, arms) for score, visits in visits_of(rows).items() if later(visits))
    return PooledResults(disposition(cases, events), next(sections, None))


def one_arm(rows: Sequence[AnalysisRow]) -> Arms:
    """Every subject in one group."""
    subjects = {row.subject for row in rows}
    return Arms(dict.fromkeys(subjects, EVERYONE), (EVERYONE,), (), dict.fromkeys(subjects, ()), {})


def section(param: str, visits: Sequence[AnalysisVisit], arms: Arms) -> ReportSection:
    """Tables and figures of one parameter."""
    subject = ParameterData(param, visits, arms, None)
    figures, sentences = figures_of(subject)
    described = [without_arm(make(subject)) for make in (values, changes, shares, origins)]
    reasons = missing_reasons(param, visits)
    return ReportSection(subject.label, (*described, *([reasons] if reasons.rows else [])), figures, sentences)


def without_arm(table: ReportTable) -> ReportTable:
    """The table without the column that says the same in every row, and without notes where there are none."""
    kept = [column for column in table.columns if column != ARM]
    return replace(
        table, columns=tuple(one for one in kept if one != REASON or any(row["reason"] for row in table.rows))
    )
