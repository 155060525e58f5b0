"""The report as pages to print and sign: A4, landscape."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from config.pdf_pages import LANDSCAPE, in_pages
from config.pdf_pages import as_pdf as made_pdf
from validation.checks import CheckResult
from validation.report import StageReport, Traced

SIGNS_ON_A_LINE = 170
SIGNATURE = (
    "Name       ________________________________________     Role  ____________________________",
    "",
    "Date       ____________________     Signature  ___________________________________________",
)


def as_pdf(report: StageReport) -> bytes:
    """The report."""
    return made_pdf(pages_of(report), title=report.title, layout=LANDSCAPE)


def pages_of(report: StageReport) -> list[list[str]]:
    """The lines of each page."""
    title = f"{report.title}, {report.facts['began']}"
    return list(in_pages(blocks_of(report), title, LANDSCAPE.lines))


def blocks_of(report: StageReport) -> Iterator[list[str]]:
    """The parts of the report, in order."""
    yield head(report)
    yield ["DEVIATIONS", "", *([] if report.deviations else ["none", ""])]
    for number, one in enumerate(report.deviations, start=1):
        yield [*labelled(f"D-{number:02}", one.name), *labelled("", f"expected: {one.expects}"), *seen_in(one), ""]
    yield ["TRACEABILITY: REQUIREMENT, RISK, CHECKS, RESULT", ""]
    yield from (block_of(one) for one in report.traced())
    yield ["CHECKS", ""]
    for number, result in enumerate(report.results, start=1):
        yield block_of_result(number, result)
    yield ["SIGNATURES", "", "Performed and reviewed by", "", *SIGNATURE, "", "", "Approved by", "", *SIGNATURE]


def head(report: StageReport) -> list[str]:
    """The first lines: what was validated, and the verdict."""
    facts = [f"{name:30} {value}" for name, value in report.facts.items()]
    untried = [line for one in report.untried for line in labelled("", f"not tried: {one.name}: {one.seen}")]
    return [report.title.upper(), "", *facts, f"{'result':30} {report.verdict.upper()}", *untried, ""]


def labelled(label: str, text: str) -> list[str]:
    """Text in lines, the first one with a label."""
    lines = textwrap.wrap(text, SIGNS_ON_A_LINE - 8) or [""]
    return [f"{label:8}{lines[0]}", *(f"{'':8}{line}" for line in lines[1:])]


def seen_in(result: CheckResult) -> list[str]:
    """The observed result."""
    return labelled("", f"seen: {result.seen}")


def block_of(one: Traced) -> list[str]:
    """A requirement with its checks."""
    requirement = one.requirement
    lines = labelled(requirement.number, f"{requirement.text}. [{requirement.source}] Risk: {requirement.risk}")
    for result in one.results:
        lines += labelled("", f"check: {result.name}: {result.outcome}")
    if requirement.procedure:
        lines += labelled("", f"not automated: {requirement.why}") + labelled("", f"procedure: {requirement.procedure}")
    return [*lines, *labelled("", f"result: {one.outcome}"), ""]


def block_of_result(number: int, one: CheckResult) -> list[str]:
    """A check in full."""
    seconds = (one.ended - one.began).total_seconds()
    return [
        *labelled(f"{number:>4}.", f"{one.name} ({', '.join(one.requirements)}): {one.outcome}"),
        *labelled("", f"done: {one.does}"),
        *labelled("", f"expected: {one.expects}"),
        *seen_in(one),
        *labelled("", f"{one.began:%Y-%m-%d %H:%M:%S} UTC, {seconds:.1f} s"),
        "",
    ]
