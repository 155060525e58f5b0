"""The report: sections computed from the rows and arms, and its files: HTML, CSV, SVG and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from config.errors import BadInput
from scoring.endpoint.by_arm.analysis_rows import AnalysisRow
from scoring.endpoint.by_arm.arms_list import Arms
from scoring.endpoint.by_arm.blocks import ReportSection, ReportTable, csv_of
from scoring.endpoint.by_arm.figures import figures_of
from scoring.endpoint.by_arm.imputation import Imputations
from scoring.endpoint.by_arm.permutation import Permutations
from scoring.endpoint.by_arm.sensitivity import sensitivity_of
from scoring.endpoint.by_arm.tables import ParameterData, tables_of
from scoring.endpoint.by_arm.visits import later, visits_of

SUPPORTIVE = "Supportive analysis, not part of the trial's analysis plan"
WITH_ARMS = "This report contains treatment arms. Do not show it to anyone who is still blinded."


@dataclass(frozen=True)
class Methods:
    """Permutations and imputations, each None for none, and the largest total of the instrument."""

    permutations: Permutations | None
    imputations: Imputations | None
    maximum: int


@dataclass(frozen=True)
class ArmReport:
    """What is written: heading, facts as pairs of name and text, the sections, and who may see it."""

    heading: str
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[ReportSection, ...]
    note: str = WITH_ARMS

    @property
    def tables(self) -> Iterator[ReportTable]:
        """Every table, those of figures included."""
        for section in self.sections:
            yield from section.tables
            yield from (figure.data for figure in section.figures)


def sections_of(rows: Sequence[AnalysisRow], arms: Arms, methods: Methods) -> tuple[ReportSection, ...]:
    """One section for each parameter."""
    by_param = visits_of(rows)
    if not any(later(visits) for visits in by_param.values()):
        raise BadInput("The file analysis.csv has no visit after the baseline, so there is no change to compare.")
    return tuple(
        section_of(ParameterData(param, visits, arms, methods.permutations), methods)
        for param, visits in by_param.items()
        if later(visits)
    )


def section_of(subject: ParameterData, methods: Methods) -> ReportSection:
    figures, sentences = figures_of(subject)
    tables = tables_of(subject)
    if methods.imputations is not None:
        imputed, sentence = sensitivity_of(subject, methods.imputations, methods.maximum)
        tables, sentences = (*tables, *imputed), (*sentences, *filter(None, [sentence]))
    return ReportSection(subject.label, tables, figures, sentences)


def refuse_used(out: Path) -> None:
    """Refuses a place that already holds something: no report replaces another."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"The path {out}, given with --out, is not an empty folder. Give a new folder.")


def report_of(
    about: Mapping[str, Any], root: str, rows: Sequence[AnalysisRow], arms: Arms, methods: Methods, **more: Any
) -> ArmReport:
    """The report of a dataset with this manifest and root; `more` is its heading and further facts."""
    title = f"{about.get('trial', '')}, campaign {about.get('campaign', '')}: endpoint by arm"
    facts = (*dataset_facts(about, root), *arm_facts(arms), *more.get("facts", ()))
    return ArmReport(more.get("heading", SUPPORTIVE), title, facts, sections_of(rows, arms, methods))


def dataset_facts(about: Mapping[str, Any], root: str) -> list[tuple[str, str]]:
    instrument, charter = about["instrument"], about.get("charter", {})
    key, version = instrument.get("key", ""), instrument.get("version", "")
    return [
        ("Dataset root (SHA-256)", root),
        ("Product", str(about.get("product", ""))),
        ("Instrument", f"{key} version {version}, 0 to {instrument['maximum']}"),
        ("Charter", f"version {charter.get('version', '')}, digest {charter.get('digest', '')}"),
    ]


def arm_facts(arms: Arms) -> list[tuple[str, str]]:
    counts = ", ".join(f"{name} {list(arms.of.values()).count(name)}" for name in arms.names)
    unread = ", ".join(f"{name} {count}" for name, count in sorted(arms.unread.items()))
    return [
        ("Subjects by arm", counts),
        ("Reference arm", arms.reference),
        ("Factors", ", ".join(arms.factors) or "none"),
        *([("Subjects without a read", unread)] if unread else []),
    ]


def files_of(report: ArmReport) -> Iterator[tuple[str, str]]:
    """The path and the text of every file: index.html, results.json, and a folder each of tables and figures."""
    yield "index.html", render_to_string("scoring/by_arm/file/report.html", {"report": report})
    yield "results.json", json.dumps(as_data(report), indent=1, allow_nan=False) + "\n"
    for section in report.sections:
        for table in section.tables:
            yield f"tables/{table.file}.csv", csv_of(table)
        for figure in section.figures:
            yield f"figures/{figure.data.file}.csv", csv_of(figure.data)
            yield f"figures/{figure.data.file}.svg", figure.svg


def write_report(report: ArmReport, out: Path) -> None:
    """Writes the files of the report into a folder."""
    for name, text in files_of(report):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def as_data(report: ArmReport) -> dict[str, Any]:
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
                "kinds": {column.key: column.kind for column in table.columns},
                "rows": [dict(row) for row in table.rows],
            }
            for table in report.tables
        },
        "sections": [
            {
                "title": section.title,
                "sentences": list(section.sentences),
                "tables": [table.file for table in section.tables],
                "figures": [figure.data.file for figure in section.figures],
            }
            for section in report.sections
        ],
    }
