"""The transmittal form of one delivery, for the site's records: each file, its outcome, and where its film belongs."""

from __future__ import annotations

import csv
import io
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.utils import timezone

from config.cells import csv_safe
from config.pdf_pages import LANDSCAPE, in_pages
from config.pdf_pages import as_pdf as made_pdf
from config.wording import counted
from studies.models import Transmittal, TransmittalEntry

SIGNS_ON_A_LINE = 176


@dataclass(frozen=True)
class TransmittalLine:
    """One file of the delivery."""

    file: str
    outcome: str
    status: str
    reason: str
    subject: str
    visit: str
    side: str
    view: str
    film_date: str
    bytes: int
    sha256: str


def lines_of(transmittal: Transmittal) -> list[TransmittalLine]:
    """The files in the order in which they were received, with the current status of their films."""
    entries = transmittal.entries.select_related("film__subject", "film__visit", "subject", "visit")
    return [line_of(entry) for entry in entries.order_by("pk")]


def line_of(entry: TransmittalEntry) -> TransmittalLine:
    film = entry.film
    subject, visit = (film.subject, film.visit) if film else (entry.subject, entry.visit)
    return TransmittalLine(
        file=entry.name,
        outcome=entry.get_outcome_display(),
        status=film.get_status_display() if film else "",
        reason=entry.says or (film.status_reason if film else ""),
        subject=subject.code if subject else "",
        visit=visit.code if visit else "",
        side=film.get_side_display() if film else "",
        view=film.get_view_display() if film else "",
        film_date=str(film.film_date or "") if film else "",
        bytes=entry.size,
        sha256=entry.sha256,
    )


def as_csv(transmittal: Transmittal) -> str:
    """A header and a line for each file."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([field.name for field in fields(TransmittalLine)])
    writer.writerows([csv_safe(value) for value in asdict(line).values()] for line in lines_of(transmittal))
    return out.getvalue()


def as_pdf(transmittal: Transmittal) -> bytes:
    """The same as pages to print; the CSV table has the characters that the font lacks."""
    title = f"Transmittal form, trial {transmittal.trial.code}, site {transmittal.site.code}"
    pages = list(in_pages(blocks_of(transmittal, timezone.now()), title, LANDSCAPE.lines))
    return made_pdf(pages, title="Transmittal form", layout=LANDSCAPE)


def blocks_of(transmittal: Transmittal, now: datetime) -> Iterator[list[str]]:
    """The head, and the lines about each file."""
    lines = lines_of(transmittal)
    yield head(transmittal, lines, now)
    for number, line in enumerate(lines, start=1):
        yield block_of(number, line)


def head(transmittal: Transmittal, lines: list[TransmittalLine], now: datetime) -> list[str]:
    counts = Counter(line.outcome.lower() for line in lines)
    files = counted(len(lines), "file")
    return [
        "TRANSMITTAL FORM",
        "",
        f"Trial       {transmittal.trial.code}",
        f"Site        {transmittal.site.code}  {transmittal.site.name}",
        f"Sent        {transmittal.opened_at:%Y-%m-%d %H:%M} UTC by {transmittal.get_channel_display()}"
        + (f", {transmittal.sent_by}" if transmittal.sent_by else ""),
        f"Delivery    {transmittal.token}",
        f"Files       {files}: {', '.join(f'{count} {word}' for word, count in sorted(counts.items())) or 'none'}",
        f"As of       {now:%Y-%m-%d %H:%M} UTC",
        "",
    ]


def block_of(number: int, line: TransmittalLine) -> list[str]:
    place = f"subject {line.subject or '-'}, visit {line.visit or '-'}, date {line.film_date or '-'}"
    shown = ", ".join(filter(None, [line.side, line.view]))
    became = ", ".join(filter(None, [line.outcome, line.status]))
    said = [f"{number:>4}. {line.file}", f"{became}; {place}{f'; {shown}' if shown else ''}", line.reason]
    digest = f"SHA-256 {line.sha256}" if line.sha256 else "no SHA-256"
    wrapped = [part for words in said if words for part in textwrap.wrap(words, SIGNS_ON_A_LINE - 6)]
    return [wrapped[0], *[f"      {part}" for part in wrapped[1:]], f"      {digest}, {line.bytes:,} bytes", ""]
