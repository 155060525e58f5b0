"""Drafts of the two reviewer's guides of a transfer (cSDRG, ADRG), filled from the charter and the counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import instruments
from instruments.missing import get_rule
from reading.charter.terms import Terms
from reading.issuing.presentations import PRESENTATIONS
from scoring.cdisc.terms import ADAM_CT, SDTM_CT, codelists
from scoring.cdisc.transfer import FOLDER, TABLES
from scoring.cdisc.variables import DefineOrigin, TransferTable
from scoring.datasets.readme import adjudication_in_words, events_in_words

EXPECTED = (
    ("CORE-000915", "More than one MKLOBXFL=Y", "Once it is filled: the rule ignores location, side and evaluator."),
    ("CORE-000701", "EPOCH is missing", "It needs the subject elements (SE) of the sponsor."),
    ("CORE-000767", "PR without an FA dataset", "No findings about procedures were collected."),
    ("CORE-000739", "EX is absent", "This transfer contains only the central reading."),
)


def write_guides(folder: Path, facts: dict[str, Any]) -> None:
    """Writes csdrg.md and adrg.md next to the files that they describe."""
    for name, text in (("csdrg.md", study_data(facts)), ("adrg.md", analysis_data(facts))):
        (folder / FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


def study_data(facts: dict[str, Any]) -> str:
    """The clinical study data reviewer's guide."""
    return f"""# Clinical Study Data Reviewer's Guide (draft): {facts["trial"]}, campaign {facts["campaign"]}

The sponsor completes what is marked “Sponsor”.

## 1. Introduction
This guide describes the SDTM datasets of one central reading of radiographs. Standards: SDTMIG 3.4, controlled terms
SDTM {SDTM_CT}, Define-XML 2.1. Software: {facts["product"]}.
Sponsor: protocol number and title, and other standards of the submission.

## 2. Protocol and design of the reading
{design(facts)}

## 3. Datasets
{datasets("SDTMIG", facts)}

SUPPMK refers to a reading of a visit by MKLNKGRP, and to a single score by MKSEQ. PR and MK are related in RELREC: an
image set (PRLNKID) has many scores (MKLNKID).
A site that could not be assessed has MKSTAT=NOT DONE and a reason. No value is imputed in SDTM.
MKACPTFL and MKREPNUM are qualifiers of findings that SDTMIG 3.4 does not list for MK.

### Terms without a published value
{extended(facts)}

### Empty variables
{empty("SDTMIG")}

## 4. Conformance
Sponsor: software, version and rules of the check. These findings are expected, for the reasons given:

| Rule | Finding | Explanation |
|---|---|---|
{table(EXPECTED)}

## 5. Traceability
MKSPID is MKLNKGRP, a point, and PARAMCD of `scores.csv`. MKLNKGRP is the reader (R1, R2, A1), the repetition and the
place of the visit (VISITPOS of `scores.csv`).
"""


def analysis_data(facts: dict[str, Any]) -> str:
    """The analysis data reviewer's guide."""
    return f"""# Analysis Data Reviewer's Guide (draft): {facts["trial"]}, campaign {facts["campaign"]}

The sponsor completes what is marked “Sponsor”.

## 1. Introduction
This guide describes the ADaM datasets of one central reading of radiographs. Standards: ADaMIG 1.3, controlled terms
ADaM {ADAM_CT}, Define-XML 2.1. Software: {facts["product"]}.

## 2. Protocol and design of the reading
{design(facts)}

## 3. Considerations for the analysis
{considerations(facts)}

## 4. Creation of the data
ADXRJ copies each score of MK and adds the same reader's score at the baseline. ADXR contains totals that are computed
from exact fractions and rounded once, half to even, to 4 decimals; they equal those of `totals.csv`, and the changes
equal those of `changes.csv`. The totals of ADXR are the sums of the scores of one reader, visit and test, with missing
sites handled by the rule above.

## 5. Datasets
{datasets("ADaMIG", facts)}

### Empty variables
{empty("ADaMIG")}

## 6. Conformance
Sponsor: software, version and rules of the check.

## 7. Programs
`README.md` says how the same files are built again, byte for byte, and how they are verified.
"""


def considerations(facts: dict[str, Any]) -> str:
    """Information for the analysis."""
    rule = get_rule(facts["charter"]["terms"]["missing_rule"])
    return f"""- **Baseline.** BASETYPE names campaign, repeat, and STATUS or an interval. One baseline belongs to each
  BASETYPE. Use STATUS for totals at a visit, and an interval for changes.
- **Missing sites.** {rule.kind.says} NASSESS and NIMPUTE count the sites.
- **Primary analysis.** ANL01FL=Y: the mean of the readers who decide the case, at the radiograph used for the visit.
- **Readers.** AVAL, BASE and CHG of an interval are means of the same readers. If a reader who decides the case could
  not evaluate a visit, the charter says whose mean is used. A status total has no BASE that is the mean of others.
- **Intercurrent events and missing visits.** {events_in_words(facts["events"])} A value supplied by the charter's rules
  has DTYPE (EXTRAP, LOCF, INTERP) and its own BASETYPE.
- **Days.** ADY counts from the baseline radiograph, which is day 1. There is no day 0.
- **Populations and treatment.** No dataset of this transfer has a treatment or a population flag. Sponsor: ADSL."""


def design(facts: dict[str, Any]) -> str:
    """The procedure of reading according to the charter."""
    terms, instrument = facts["charter"]["terms"], instruments.get(facts["instrument"]["key"])
    return f"""Charter version {facts["charter"]["version"]} (SHA-256 {facts["charter"]["digest"]}).
Instrument: {instrument.title}, 0 to {instrument.maximum}. Presentation: {PRESENTATIONS[terms["presentation"]]}.
Readers of a case: {terms["readers_per_case"]}. They did not know subject, visit, date, site or treatment.
{adjudication_in_words(Terms(**terms))}
Share of reads repeated by the same reader: {terms["repeats_share"]:g}."""


def datasets(standard: str, facts: dict[str, Any]) -> str:
    """The datasets of a standard with their structure, keys and numbers of records."""
    rows = [
        (one.name, one.label, one.structure, " ".join(one.keys), str(facts["transfer"][f"{FOLDER}/{one.file}"]))
        for one in of_standard(standard)
    ]
    return f"| Dataset | Label | Structure | Keys | Records |\n|---|---|---|---|---|\n{table(rows)}"


def of_standard(standard: str) -> list[TransferTable]:
    """The datasets of a standard."""
    return [one for one in TABLES if one.standard == standard]


def extended(facts: dict[str, Any]) -> str:
    """The terms that are not in a published list, by list."""
    lists = codelists(instruments.get(facts["instrument"]["key"]), facts["readers"]).values()
    ours = [(one.label, term.value) for one in lists for term in one.terms if term.extended]
    return "\n".join(f"- {label}: {value}" for label, value in ours) or "None."


def empty(standard: str) -> str:
    """The empty variables, and why they are empty."""
    return (
        "\n".join(
            f"- {one.name}.{variable.name}: {variable.says}"
            for one in of_standard(standard)
            for variable in one.variables
            if variable.origin == DefineOrigin.NOT_AVAILABLE
        )
        or "None."
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of a table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
