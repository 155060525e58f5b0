"""The report of a rehearsal: HTML, CSV and JSON, in the form of the report by arm."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

import instruments
from instruments.intercurrent_events import GAPS
from instruments.missing import RULES
from reading.charter.terms import RESULT_RULES
from rehearsal.trial import tables
from rehearsal.trial.design import Design
from rehearsal.trial.run import RehearsalPlan, Say, run
from rehearsal.trial.sd_inflation import inflation
from scoring.endpoint.by_arm.blocks import ReportColumn, ReportSection, ReportTable, Row
from scoring.endpoint.by_arm.report import ArmReport, write_report

HEADING = "Rehearsal with a known truth: simulated data, no patient"
NOTE = "Planted is what was simulated, returned is what the product's functions made of the simulated readers' values."


def rehearse(plan: RehearsalPlan, out: Path, say: Say) -> ArmReport:
    """Runs every scenario and writes index.html, results.json and a CSV file for each table."""
    found = run(plan, say)
    sections = [
        ReportSection("What was planted", (planted(plan.design), tables.readers(plan.design))),
        ReportSection("What was returned", (tables.means(found), tables.differences(found), tables.shares(found))),
        ReportSection("Readers", (tables.agreement(found), tables.adjudication(found))),
    ]
    if len(plan.design.visits) > 1 and "extrapolation" in plan.scenarios:
        sections.append(ReportSection("Extrapolation", (inflation(plan, say),)))
    report = ArmReport(HEADING, plan.design.title, facts(plan), tuple(sections), NOTE)
    write_report(report, out)
    return report


def facts(plan: RehearsalPlan) -> tuple[tuple[str, str], ...]:
    """The parameters of the run."""
    readers, charter = plan.design.readers, plan.design.charter
    return (
        ("Date", f"{timezone.localdate():%Y-%m-%d}"),
        ("Subjects in each trial", f"{plan.subjects:,}"),
        ("Replicates of each scenario", f"{plan.replicates:,}"),
        ("Seed", str(plan.seed)),
        ("Instrument", instruments.get(plan.design.instrument).title),
        ("Readers", f"{readers.number}, two for each case"),
        ("Third read", f"If the changes of two readers differ by more than {charter.threshold:g} points"),
        ("Result after a third read", RESULT_RULES[charter.result_rule]),
        ("Missing sites", RULES[charter.missing_rule].says),
        ("Missing visits", GAPS[charter.missing_visit]),
    )


def planted(design: Design) -> ReportTable:
    """The design's arms by visit."""
    rows: list[Row] = [
        {
            "arm": arm.name,
            "visit": visit.code,
            "weight": arm.weight,
            "change": arm.change[visit.code],
            "progressors": arm.progressors,
            "rescued": arm.rescued,
            "sdc": visit.sdc,
        }
        for arm in design.arms
        for visit in design.visits
    ]
    columns = (
        ReportColumn("arm", "Arm", "text"),
        ReportColumn("visit", "Visit", "text"),
        ReportColumn("weight", "Weight", "count"),
        ReportColumn("change", "Mean change"),
        ReportColumn("progressors", "Progress", "percent"),
        ReportColumn("rescued", "Rescued", "percent"),
        ReportColumn("sdc", "SDC"),
    )
    return ReportTable("planted", "Arms and visits", columns, rows)
