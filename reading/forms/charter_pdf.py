"""A charter version as pages to print: A4, upright, with the terms in the words of its page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from accounts.models import Signature
from config.pdf_pages import PORTRAIT, as_pdf, in_pages
from reading.charter.approval import waits_for_approval
from reading.forms.charter_sections import CharterSection
from reading.models import Charter

LABEL, VALUE = 42, 52


def charter_pdf(charter: Charter, sections: Sequence[CharterSection]) -> bytes:
    """The version with its signature and every section."""
    title = title_of(charter)
    pages = list(in_pages(blocks_of(charter, sections), title, PORTRAIT.lines))
    return as_pdf(pages, title=title, layout=PORTRAIT)


def title_of(charter: Charter) -> str:
    """The trial and the version."""
    return f"Charter of trial {charter.trial.code}, version {charter.version}"


def blocks_of(charter: Charter, sections: Sequence[CharterSection]) -> Iterator[list[str]]:
    """The head and the terms; a heading stays on the page of its first term."""
    yield [title_of(charter).upper(), *textwrap.wrap(charter.trial.title, LABEL + VALUE), "", *signed_by(charter), ""]
    for section in sections:
        heading = [section.title.upper(), ""]
        for label, value in section.rows:
            yield [*heading, *beside(label, value)]
            heading = []
        yield [""]


def signed_by(charter: Charter) -> list[str]:
    """Who signed it, when and with which meaning, and what the signature covers."""
    signature = charter.signature
    if signature is None:
        return ["DRAFT, NOT SIGNED"]
    approved = (
        in_lines("Approved", charter.approval)
        if charter.approval
        else beside("Approved by", "Not yet approved by the imaging lead")
        if waits_for_approval(charter)
        else []
    )
    paper = beside("SHA-256 of the paper charter", charter.paper_digest) if charter.paper else []
    return [*in_lines("Signed", signature), *approved, *beside("SHA-256 of the terms", charter.digest), *paper]


def in_lines(what: str, signature: Signature) -> list[str]:
    """A signature: by whom, when and with which meaning."""
    return [
        *beside(f"{what} by", signature.printed_name),
        *beside(f"{what} at", f"{signature.signed_at:%Y-%m-%d %H:%M:%S} UTC"),
        *beside("Meaning", signature.meaning),
    ]


def beside(label: str, value: str) -> list[str]:
    """A label with its value on the right, each in lines of its own width."""
    left, right = textwrap.wrap(label, LABEL - 2) or [""], textwrap.wrap(value, VALUE) or [""]
    height = max(len(left), len(right))
    left, right = left + [""] * (height - len(left)), right + [""] * (height - len(right))
    return [f"{label:{LABEL}}{value}".rstrip() for label, value in zip(left, right, strict=True)]
