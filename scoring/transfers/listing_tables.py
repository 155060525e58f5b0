"""The tables of a review transfer: the material of the blinded data review, without a score, a change or an arm."""

from __future__ import annotations

from scoring.datasets.column_forms import INTEGER, TEXT, YES, Form
from scoring.datasets.columns import DatasetColumn, DatasetTable
from scoring.datasets.tables import FILMDTC, READER, READERID, SITE, STUDY, SUBJECT, VISIT, VISITPOS

KINDS = {
    "visit": "a visit that is overdue, not done, outside the plan or outside its window",
    "late": "films that came or changed after they were frozen for the campaign",
    "not-assessable": "sites of a primary read that were not assessable",
    "flag": "sites that a primary reader flagged",
    "voided": "a case that was voided",
    "stopped": "a case whose subject withdrew consent before all of its primary reads were signed",
    "question": "a question to the site that is not closed",
    "deviation": "an entry of the deviation log",
}
KIND_LABELS = {
    "visit": "Visit",
    "late": "Late films",
    "not-assessable": "Not assessable",
    "flag": "Flagged",
    "voided": "Voided case",
    "stopped": "Stopped case",
    "question": "Question",
    "deviation": "Deviation",
}
FINDINGS = DatasetTable(
    "findings.csv",
    "One row per finding to decide on: " + "; ".join(f"{kind}: {says}" for kind, says in KINDS.items()),
    (
        DatasetColumn("FINDING", "Names the finding: start of the SHA-256 of its other columns", Form(TEXT, 12)),
        DatasetColumn("KIND", "Kind of finding", Form(TEXT, 14, tuple(KINDS))),
        STUDY,
        SITE,
        SUBJECT,
        DatasetColumn("VISIT", "Visit code; empty where the finding is about the subject"),
        DatasetColumn("READERID", "Code of the reader within this campaign; empty where the finding is about no read"),
        DatasetColumn("SAYS", "The finding in words", Form(TEXT, 500)),
    ),
)
FILMS = DatasetTable(
    "films.csv",
    "One row per film shown in a signed primary read: whose it is, when it was taken, and who read it",
    (
        STUDY,
        SUBJECT,
        VISITPOS,
        VISIT,
        READER,
        READERID,
        DatasetColumn("READID", "Random token of the read"),
        DatasetColumn("COUNTS", "Y when results may use the values of the step", YES),
        DatasetColumn("SIDE", "L or R"),
        DatasetColumn("VIEW", "hand or foot"),
        DatasetColumn("ABSENT", "Y when there was no film to show", YES),
        FILMDTC,
        DatasetColumn("DATESRC", "Source of the film date: header, site or confirmed"),
        DatasetColumn("SITES", "Sites of the film that were read", Form(INTEGER, 12)),
        DatasetColumn("MISSING", "Sites of the film that were not assessable", Form(INTEGER, 12)),
    ),
)
LISTINGS = (FINDINGS, FILMS)
