"""The report: sections computed from the rows and arms, written as HTML, CSV, SVG and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from config.errors import BadInput
from scoring.endpoint.by_arm.analysis_rows import AnalysisRow
from scoring.endpoint.by_arm.arms_list import Arms
from scoring.endpoint.by_arm.blocks import Section, Table, csv_of
from scoring.endpoint.by_arm.figures import figures_of
from scoring.endpoint.by_arm.imputation import Imputations
from scoring.endpoint.by_arm.permutation import Permutations
from scoring.endpoint.by_arm.sensitivity import sensitivity_of
from scoring.endpoint.by_arm.tables import Subject, tables_of
from scoring.endpoint.by_arm.visits import later, visits_of

SUPPORTIVE = "Supportive, not the trial's analysis plan"


@dataclass(frozen=True)
class Methods:
    """Permutations and imputations, each None for none, and the largest total of the instrument."""

    permutations: Permutations | None
    imputations: Imputations | None
    maximum: int


@dataclass(frozen=True)
class Report:
    """What is written: heading, facts as pairs of name and text, and the sections."""

    heading: str
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    @property
    def tables(self) -> Iterator[Table]:
        """Every table, those of figures included."""
        for section in self.sections:
            yield from section.tables
            yield from (figure.data for figure in section.figures)


def sections_of(rows: Sequence[AnalysisRow], arms: Arms, methods: Methods) -> tuple[Section, ...]:
    """One section for each parameter."""
    by_param = visits_of(rows)
    if not any(later(visits) for visits in by_param.values()):
        raise BadInput("The file analysis.csv has no visit after the baseline, so there is no change to compare.")
    return tuple(
        _section(Subject(param, visits, arms, methods.permutations), methods)
        for param, visits in by_param.items()
        if later(visits)
    )


def _section(subject: Subject, methods: Methods) -> Section:
    figures, sentences = figures_of(subject)
    tables = tables_of(subject)
    if methods.imputations is not None:
        imputed, sentence = sensitivity_of(subject, methods.imputations, methods.maximum)
        tables, sentences = (*tables, *imputed), (*sentences, *filter(None, [sentence]))
    return Section(subject.label, tables, figures, sentences)


def refuse_used(out: Path) -> None:
    """Refuses a place that already holds something: no report replaces another."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"The place {out} of --out is not an empty folder. Give a new folder.")


def write_report(report: Report, out: Path) -> None:
    """index.html, results.json, and a folder each of tables and figures."""
    for folder in (out, out / "tables", out / "figures"):
        folder.mkdir(parents=True, exist_ok=True)
    page = render_to_string("scoring/endpoint/report.html", {"report": report})
    (out / "index.html").write_text(page, encoding="utf-8")
    (out / "results.json").write_text(json.dumps(as_data(report), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    for section in report.sections:
        for table in section.tables:
            write_csv(table, out / "tables" / f"{table.file}.csv")
        for figure in section.figures:
            write_csv(figure.data, out / "figures" / f"{figure.data.file}.csv")
            (out / "figures" / f"{figure.data.file}.svg").write_text(figure.svg, encoding="utf-8")


def as_data(report: Report) -> dict[str, Any]:
    """Everything as plain data, numbers unrounded."""
    return {
        "heading": report.heading,
        "title": report.title,
        "facts": dict(report.facts),
        "tables": {
            table.file: {
                "title": table.title,
                "notes": list(table.notes),
                "columns": {column.key: column.label for column in table.columns},
                "rows": [dict(row) for row in table.rows],
            }
            for table in report.tables
        },
        "sentences": {section.title: list(section.sentences) for section in report.sections},
    }


def write_csv(table: Table, path: Path) -> None:
    """A table with its keys as header and unrounded numbers."""
    path.write_text(csv_of(table), encoding="utf-8", newline="")
