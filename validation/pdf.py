"""The report as pages to print and sign: A4, landscape."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Iterator

from validation.checks import CheckResult
from validation.report import StageReport, Traced

PAGE_INCHES, MARGIN_INCHES = (11.69, 8.27), 0.5
POINTS, LINES_ON_A_PAGE, SIGNS_ON_A_LINE = 7, 58, 170
FONT = "DejaVu Sans Mono"
SIGNATURE = (
    "Name       ________________________________________     Role  ____________________________",
    "",
    "Date       ____________________     Signature  ___________________________________________",
)


def as_pdf(report: StageReport) -> bytes:
    """The report. matplotlib is loaded with the first one."""
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    pages = pages_of(report)
    out = io.BytesIO()
    left, top = MARGIN_INCHES / PAGE_INCHES[0], 1 - MARGIN_INCHES / PAGE_INCHES[1]
    with (
        mpl.rc_context({"font.family": FONT, "pdf.fonttype": 42}),
        PdfPages(out, metadata={"Title": report.title, "CreationDate": None, "Creator": None}) as pdf,
    ):
        for number, page in enumerate(pages, start=1):
            figure = Figure(figsize=PAGE_INCHES)
            text = printable("\n".join([*page, "", f"Page {number} of {len(pages)}"]))
            figure.text(left, top, text, fontsize=POINTS, va="top", ha="left", linespacing=1.25, parse_math=False)
            pdf.savefig(figure)
    return out.getvalue()


def pages_of(report: StageReport) -> list[list[str]]:
    """The lines of each page."""
    return list(in_pages(blocks_of(report), f"{report.title}, {report.facts['began']}"))


def printable(text: str) -> str:
    """Characters missing from the font are shown as question marks; the JSON report has all of them."""
    from matplotlib.font_manager import findfont, get_font

    has = get_font(findfont(FONT)).get_charmap()
    return "".join(sign if sign == "\n" or ord(sign) in has else "?" for sign in text)


def in_pages(blocks: Iterable[list[str]], title: str) -> Iterator[list[str]]:
    """Pages of lines; a block stays on one page unless it is longer than one."""
    page: list[str] = []
    for block in blocks:
        if page and len(page) + len(block) > LINES_ON_A_PAGE:
            yield page
            page = [f"{title}, continued", ""]
        page += block
        while len(page) > LINES_ON_A_PAGE:
            yield page[:LINES_ON_A_PAGE]
            page = [f"{title}, continued", "", *page[LINES_ON_A_PAGE:]]
    yield page


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
