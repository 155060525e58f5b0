"""The tables of a dataset: every column with its meaning, which is also the codebook."""

from __future__ import annotations

from scoring.datasets.analysis_table import ANALYSIS, EVENTS
from scoring.datasets.columns import Column, Table

STUDY = Column("STUDYID", "Trial code")
SUBJECT = Column("USUBJID", "Subject code, unique in the trial")
SITE = Column("SITEID", "Site code")
VISITNUM = Column("VISITNUM", "Place of the visit among the case's visits by film date, from 1")
VISIT = Column("VISIT", "Visit code of the trial")
VISITTYPE = Column("VISITTYPE", "scheduled, unscheduled, rescue or early-termination")
FILMDTC = Column("FILMDTC", "Day of the first film of the visit (ISO 8601)")
READER = Column("READER", "READER 1, READER 2 and so on (who signed primary reads, in order of issue), or ADJUDICATOR")
READERID = Column("READERID", "Code of the person within this campaign, the same in every case")
READID = Column("READID", "Random token of the read")
STEP = Column("STEP", "Step of the read, from 1: the timepoints that were shown and locked together")
COUNTFL = Column(
    "COUNTFL",
    "Y when results may use the values; empty for repeats, controls (third reads of concordant cases), uncounted steps",
)
REPEATFL = Column("REPEATFL", "Y when the read repeats an earlier one of the same reader, who was not informed")
FEATURE = Column("FEATURE", "erosion, narrowing or grade")
EXACT = Column("EXACT", "The exact value as a fraction n/d; empty when missing")
VALUE = Column("AVAL", "The value rounded once, half to even, to 4 decimals; empty when missing")
REASON = Column("NAREASON", "Why the value is missing; empty otherwise")
ASSESSED = Column("ASSESSED", "Sites whose entered score was used")
IMPUTED = Column("IMPUTED", "Sites whose value was imputed by the charter's missing rule")
AVERAGED = Column("READERS", "Codes of the readers whose mean a RESULT is; empty for a reader's own values")
GROUP = Column("GROUP", "total, or a feature, a region or both (erosion-hand): what was summed")
SOURCE = Column(
    "SOURCE",
    "A READER by number, ADJUDICATOR, a READER's REPEAT, or RESULT: the mean of the readers who decide the case",
)

SCORES = Table(
    "scores.csv",
    "One row per item, read and visit: exactly what was signed",
    (
        STUDY,
        SUBJECT,
        SITE,
        VISITNUM,
        VISIT,
        READER,
        READERID,
        READID,
        STEP,
        COUNTFL,
        REPEATFL,
        Column("BLINDPOS", "Letter under which the reader saw the visit"),
        Column("IMGID", "Random key of the reader image; empty when the film is absent"),
        Column("METHOD", "Instrument key and version"),
        FEATURE,
        Column("SIDE", "L or R"),
        Column("REGION", "hand or foot"),
        Column("JOINT", "Joint code of the instrument"),
        Column("PARAMCD", "Item key without the hyphen"),
        Column("AVAL", "The grade; empty when not assessable"),
        Column("AVALMAX", "The largest grade of the item"),
        Column(
            "NAREASON", "Why the item was not assessable; ABSENT is entered by the system for a film that is absent"
        ),
        Column("ENTRYMTH", "key, click, bulk (a whole joint at once) or system"),
        Column("SCOREDTC", "When the value was saved (UTC)"),
        Column("SIGNDTC", "When it was signed (UTC)"),
    ),
)
TOTALS = Table(
    "totals.csv",
    "Totals per reader and of the result, per visit",
    (
        STUDY,
        SUBJECT,
        SITE,
        VISITNUM,
        VISIT,
        VISITTYPE,
        FILMDTC,
        SOURCE,
        READERID,
        AVERAGED,
        GROUP,
        EXACT,
        VALUE,
        REASON,
        ASSESSED,
        IMPUTED,
    ),
)
CHANGES = Table(
    "changes.csv",
    "Change from the first visit, per reader and of the result; the charter's missing rule treats both visits alike",
    (
        STUDY,
        SUBJECT,
        SITE,
        Column("BASEVISIT", "Visit code of the baseline"),
        VISITNUM,
        VISIT,
        SOURCE,
        READERID,
        AVERAGED,
        GROUP,
        EXACT,
        VALUE,
        REASON,
        ASSESSED,
        IMPUTED,
    ),
)
CASES = Table(
    "cases.csv",
    "One row per case: its result, the rule, the readers who decide it, the trigger",
    (
        STUDY,
        SUBJECT,
        SITE,
        Column("CASENUM", "Drawn number of the case in the campaign"),
        Column("OUTCOME", "consensus or adjudicated; voided for a case that does not count"),
        Column("RULE", "mean-of-two; mean-of-all of three readers; or the charter's result rule after adjudication"),
        Column("READERS", "Codes of the readers whose mean is the result"),
        Column(
            "LARGEST",
            "Largest absolute difference of two readers' changes over all pairs of visits and primary readers",
        ),
        Column(
            "THRESHOLD", "The charter's threshold; a case is adjudicated strictly above it; empty for three readers"
        ),
        Column("ONESIDED", "Visits (VISITNUM) evaluable for only some of the primary readers"),
        Column("VOIDREASON", "Why a case was voided"),
    ),
)
READS = Table(
    "reads.csv",
    "One row per film shown: what each reader saw, where and in which order",
    (
        STUDY,
        SUBJECT,
        VISITNUM,
        VISIT,
        READER,
        READERID,
        READID,
        STEP,
        COUNTFL,
        REPEATFL,
        Column("BATCH", "Name of the batch"),
        Column("LETTER", "Letter of the visit on the screen"),
        Column("POSITION", "Place from the left, from 0"),
        Column("SIDE", "L or R"),
        Column("VIEW", "hand or foot"),
        Column("FILMTOKEN", "Random token of the film in this read"),
        Column("IMGID", "Random key of the reader image; empty when the film is absent"),
        FILMDTC,
        Column("DATESRC", "Source of the film date: header, site or confirmed"),
        Column("SIGNDTC", "When the read was signed (UTC)"),
        Column("DIGEST", "SHA-256 of the signed bytes"),
    ),
)
ORDERS = Table(
    "orders.csv",
    "One row per timepoint of every issued read, whatever its status: everything needed to draw the orders again",
    (
        STUDY,
        Column("CASENUM", "Drawn number of the case in the campaign"),
        READID,
        Column("READKIND", "primary, adjudication or repeat"),
        Column("READSTATUS", "Status of the read"),
        Column("COMMITMENT", "SHA-256 that committed to the seed of these orders when the read was requested"),
        Column("QUEUE", "Name of the draw of the reader's queue: the first of its entries' tokens"),
        Column("ENTRY", "Random token of the entry in the worklist: the read, or the timepoint where these are mixed"),
        Column("QUEUEPOS", "Drawn place of the entry in that queue, from 0"),
        STEP,
        Column("STEPCOUNTS", "Y when the values of the step are used in the read's result"),
        Column("POSITION", "Place from the left, from 0"),
        Column("LETTER", "Letter of the visit on the screen"),
        Column("KEY", "Smallest random image key of the visit, from which the draw started"),
        VISITNUM,
        Column("REPEATDRAWN", "Y when the read was drawn to be repeated"),
    ),
)
CORRECTIONS = Table(
    "corrections.csv",
    "Only in a correction: one row per value that differs from the analysis of record, and per row added or removed",
    (
        Column("FILE", "File"),
        Column("CHANGE", "added, removed or altered"),
        Column("ROW", "The columns that name the row, separated by semicolons"),
        Column("COLUMN", "The column that differs; empty for a row that was added or removed"),
        Column("BEFORE", "Value in the analysis of record"),
        Column("AFTER", "Value in this dataset"),
    ),
)
REVISIONS = Table(
    "revisions.csv",
    "One row per revision of every score, whatever became of its read, in the order of saving on the server",
    (
        STUDY,
        SUBJECT,
        SITE,
        Column("CASENUM", "Drawn number of the case in the campaign"),
        VISITNUM,
        VISIT,
        Column("READERID", "Code of the person within this campaign; empty for one who never signed"),
        READID,
        Column("READSTATUS", "Status of the read"),
        STEP,
        Column("BLINDPOS", "Letter under which the reader saw the visit"),
        FEATURE,
        Column("SIDE", "L or R"),
        Column("REGION", "hand or foot"),
        Column("JOINT", "Joint code of the instrument"),
        Column("PARAMCD", "Item key without the hyphen"),
        Column("REVISION", "Number of the revision of the cell, from 1"),
        Column("OLDVAL", "The grade before; empty for the first revision or where there was none"),
        Column("OLDREAS", "Why the item was not assessable before; empty otherwise"),
        Column("AVAL", "The grade; empty when not assessable or cleared"),
        Column("NAREASON", "Why the item was not assessable; empty otherwise"),
        Column("ENTRYMTH", "key, click, bulk (a whole joint at once) or system"),
        Column("CAPTDTC", "Time on the reader's computer (UTC), as sent; it orders nothing"),
        Column("CAPTFL", "N when that time is more than 24 hours from the server's; empty otherwise"),
        Column("SCOREDTC", "When the revision was saved on the server (UTC)"),
        Column("AFTERFL", "Y when the step had been signed before"),
        Column(
            "CHGREAS",
            "Why a signed value changed: typing-error, wrong-joint, wrong-timepoint, overlooked, judged-again, other",
        ),
        Column("CHGTEXT", "The reader's own words on that change"),
        Column("FIRSTFL", "Y when the revision was signed in the first signature of its step"),
        Column("LASTFL", "Y when the revision is signed in the newest signature of its step"),
    ),
)
FIRST_SIGNED = Table(
    "first_signed.csv",
    "Sensitivity of the results to corrections: the result from the values signed first beside the result signed last",
    (
        STUDY,
        SUBJECT,
        SITE,
        Column("KIND", "total, or change from the first visit"),
        VISITNUM,
        VISIT,
        GROUP,
        Column("FIRSTEXACT", "The same readers' values signed first, as a fraction n/d; empty when missing"),
        Column("FIRSTVAL", "The same rounded once, half to even, to 4 decimals"),
        Column("LASTEXACT", "The result, from the values signed last, as a fraction n/d; empty when missing"),
        Column("LASTVAL", "The same rounded once, half to even, to 4 decimals"),
        Column("DIFF", "LASTEXACT minus FIRSTEXACT, rounded once; empty when one is missing"),
        Column("FIRSTDISC", "Y when the readers disagreed beyond the charter's trigger by the values signed first"),
    ),
)
TABLES = (ANALYSIS, EVENTS, SCORES, TOTALS, CHANGES, CASES, READS, REVISIONS, FIRST_SIGNED, ORDERS)
CODEBOOK = Table(
    "codebook.csv",
    "Every column of every table",
    (
        Column("FILE", "File"),
        Column("COLUMN", "Column"),
        Column("MEANING", "What it holds"),
        Column("TYPE", "text, integer, decimal, date (ISO 8601) or time (ISO 8601, UTC)"),
        Column("LENGTH", "Largest number of characters"),
        Column("CODELIST", "Every value allowed besides an empty cell, separated by semicolons; empty without a list"),
    ),
)
