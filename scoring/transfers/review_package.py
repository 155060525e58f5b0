"""Writes a review transfer: findings and films, their codebook and a README."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from config.wording import counted
from jobs.queue import Lease
from reading.campaigns.case_seals import identities
from reading.models import Case
from scoring.cdisc.facts import CampaignFacts
from scoring.datasets.loading import BLOCK
from scoring.datasets.package import TableFile, described
from scoring.datasets.tables import CODEBOOK
from scoring.datasets.transfer_facts import CampaignTransfer
from scoring.datasets.writing import CaseSource
from scoring.models import DataTransfer
from scoring.reader_codes import reader_codes
from scoring.transfers.listing_tables import FILMS, FINDINGS, LISTINGS
from scoring.transfers.listings import film_rows, findings_of_cases, findings_of_subjects, late_findings
from studies.models import Subject

AT_ONCE = BLOCK * 20


def write_listings(transfer: DataTransfer, folder: Path, lease: Lease, shared: CampaignTransfer) -> dict[str, int]:
    """Writes every finding and every film of the cut; returns rows by file."""
    subject_of = subjects_of(transfer)
    source = CaseSource(list(subject_of), reader_codes(transfer.campaign), shared)
    findings, films = TableFile(folder, FINDINGS), TableFile(folder, FILMS)
    with findings.file, films.file:
        for block in source.blocks(lease, "listing cases"):
            cases = list(source.load(block))
            findings.write(findings_of_cases(cases))
            for data in cases:
                films.write(film_rows(data))
        findings.write(late_findings(transfer.campaign, subject_of))
        for some in chunks(list(dict.fromkeys(subject_of.values()))):
            findings.write(findings_of_subjects(transfer.campaign, some, transfer.asked_at.date()))
    write_codebook(folder, shared.facts)
    return {FINDINGS.name: findings.rows, FILMS.name: films.rows}


def subjects_of(transfer: DataTransfer) -> dict[int, Subject]:
    """The subject of each case of the cut, by the case: by code as people count, then by the number of the case."""
    cases = list(Case.objects.filter(pk__in=transfer.cases).order_by("number"))
    subject_of = {case: frozen.subject for case, frozen in identities(cases).items()}
    found = Subject.objects.select_related("site", "trial").in_bulk(set(subject_of.values()))
    order = sorted(subject_of, key=lambda case: found[subject_of[case]].natural)
    return {case: found[subject_of[case]] for case in order}


def chunks(subjects: Sequence[Subject]) -> Iterator[Sequence[Subject]]:
    """The subjects in blocks."""
    for start in range(0, len(subjects), AT_ONCE):
        yield subjects[start : start + AT_ONCE]


def write_codebook(folder: Path, facts: CampaignFacts) -> None:
    """One row per column of both tables."""
    codebook = TableFile(folder, CODEBOOK)
    with codebook.file:
        for table in LISTINGS:
            codebook.write(
                {"FILE": table.name, **described(column, facts.readers, facts.instrument)} for column in table.columns
            )


def write_readme(folder: Path, facts: dict[str, Any]) -> None:
    """README.md: the material of the review, and what the files do not contain."""
    files = "\n".join(
        f"- `{table.name}` ({counted(facts['rows'][table.name], 'row')}): {table.says}." for table in LISTINGS
    )
    text = f"""# {facts["trial"]}, campaign {facts["campaign"]}: blinded data review, transfer {facts["number"]}

Listings for the blinded data review. They contain no score, no change, no result and no treatment arm.
Cut: {facts["cut_in_words"]}. Cases: {facts["cases"]} of {facts["campaign_cases"]}. For: {facts["recipient"]}.

The root of this package was fixed before the review. Every decision is signed over that root and the finding.

## Files
{files}
- `codebook.csv`: every column of both tables, with its type, length and codelist.
- `manifest.json`: size and SHA-256 of every file; its own SHA-256 is the root.
- `verify.py`: `python verify.py . --root ROOT` proves that this folder is intact. It needs only Python 3.
"""
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
