"""The tables of a dataset: every column with its meaning, which is also the codebook."""

from __future__ import annotations

from scoring.datasets.analysis_table import ANALYSIS, EVENTS
from scoring.datasets.columns import DatasetColumn, DatasetTable

STUDY = DatasetColumn("STUDYID", "Trial code")
SUBJECT = DatasetColumn("USUBJID", "Subject code, unique in the trial")
SITE = DatasetColumn("SITEID", "Site code")
VISITPOS = DatasetColumn("VISITPOS", "Position of the visit among the case's visits by film date, from 1")
VISIT = DatasetColumn("VISIT", "Visit code of the trial")
VISITTYPE = DatasetColumn("VISITTYPE", "scheduled, unscheduled, rescue or early-termination")
FILMDTC = DatasetColumn("FILMDTC", "Day of the first film of the visit (ISO 8601)")
READER = DatasetColumn(
    "READER", "READER 1, READER 2 and so on (who signed primary reads, in order of issue), or ADJUDICATOR"
)
READERID = DatasetColumn("READERID", "Code of the person within this campaign, the same in every case")
READID = DatasetColumn("READID", "Random token of the read")
STEP = DatasetColumn("STEP", "Step of the read, from 1: the timepoints that were shown and locked together")
COUNTFL = DatasetColumn(
    "COUNTFL",
    "Y when results may use the values; empty for repeats, controls (third reads of concordant cases), uncounted steps",
)
REPEATFL = DatasetColumn("REPEATFL", "Y when the read repeats an earlier one of the same reader, who was not informed")
FEATURE = DatasetColumn("FEATURE", "The feature of the instrument that was scored")
EXACT = DatasetColumn("EXACT", "The exact value as a fraction n/d; empty when missing")
VALUE = DatasetColumn("AVAL", "The value rounded once, half to even, to 4 decimals; empty when missing")
REASON = DatasetColumn("NAREASON", "Why the value is missing; empty otherwise")
ASSESSED = DatasetColumn("ASSESSED", "Sites whose entered score was used")
IMPUTED = DatasetColumn("IMPUTED", "Sites whose value was imputed by the charter's missing-data rule")
AVERAGED = DatasetColumn("READERS", "Codes of the readers averaged in a RESULT; empty for a reader's own values")
GROUP = DatasetColumn("GROUP", "total, or a feature, a region or both (feature-region): what was summed")
SOURCE = DatasetColumn(
    "SOURCE",
    "A READER by number, ADJUDICATOR, a READER's REPEAT, or RESULT: the mean of the readers who decide the case",
)

SCORES = DatasetTable(
    "scores.csv",
    "One row per item, read and visit: exactly what was signed",
    (
        STUDY,
        SUBJECT,
        SITE,
        VISITPOS,
        VISIT,
        READER,
        READERID,
        READID,
        STEP,
        COUNTFL,
        REPEATFL,
        DatasetColumn("BLINDPOS", "Letter under which the reader saw the visit"),
        DatasetColumn("IMGID", "Random key of the reader image; empty when the film is absent"),
        DatasetColumn("METHOD", "Instrument key and version"),
        FEATURE,
        DatasetColumn("SIDE", "L or R"),
        DatasetColumn("REGION", "hand or foot"),
        DatasetColumn("JOINT", "Joint code of the instrument"),
        DatasetColumn("PARAMCD", "Item key without the hyphen"),
        DatasetColumn("AVAL", "The grade; empty when not assessable"),
        DatasetColumn("AVALMAX", "The largest grade of the item"),
        DatasetColumn(
            "NAREASON", "Why the item was not assessable; ABSENT is entered by the system for a film that is absent"
        ),
        DatasetColumn("ENTRYMTH", "key, click, bulk (a whole joint at once) or system"),
        DatasetColumn("SCOREDTC", "When the value was saved (UTC)"),
        DatasetColumn("SIGNDTC", "When it was signed (UTC)"),
    ),
)
TOTALS = DatasetTable(
    "totals.csv",
    "Totals per reader and of the result, per visit",
    (
        STUDY,
        SUBJECT,
        SITE,
        VISITPOS,
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
CHANGES = DatasetTable(
    "changes.csv",
    "Change from the first visit, per reader and of the result; the missing-data rule treats both visits alike",
    (
        STUDY,
        SUBJECT,
        SITE,
        DatasetColumn("BASEVISIT", "Visit code of the baseline"),
        VISITPOS,
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
CASES = DatasetTable(
    "cases.csv",
    "One row per case: its result, the rule, the readers who decide it, the trigger",
    (
        STUDY,
        SUBJECT,
        SITE,
        DatasetColumn("CASENUM", "Drawn number of the case in the campaign"),
        DatasetColumn(
            "OUTCOME",
            "consensus or adjudicated; without a result: voided, or stopped because consent was withdrawn",
        ),
        DatasetColumn(
            "RULE", "mean-of-two; mean-of-all of three readers; or the charter's result rule after adjudication"
        ),
        DatasetColumn("READERS", "Codes of the readers whose mean is the result"),
        DatasetColumn(
            "LARGEST",
            "Largest absolute difference of two readers' changes over all pairs of visits and primary readers",
        ),
        DatasetColumn(
            "THRESHOLD", "The charter's threshold; a case is adjudicated strictly above it; empty for three readers"
        ),
        DatasetColumn("ONESIDED", "Visits (VISITPOS) evaluable for only some of the primary readers"),
        DatasetColumn("VOIDCAUSE", "The cause of voiding, from a fixed list; empty for a case that was not voided"),
        DatasetColumn("VOIDREASON", "Why a case was voided or stopped"),
        DatasetColumn("CHARTVER", "Version of the charter under which the case was issued"),
    ),
)
READS = DatasetTable(
    "reads.csv",
    "One row per film shown: what each reader saw, where and in which order",
    (
        STUDY,
        SUBJECT,
        VISITPOS,
        VISIT,
        READER,
        READERID,
        READID,
        STEP,
        COUNTFL,
        REPEATFL,
        DatasetColumn("BATCH", "Name of the batch"),
        DatasetColumn("LETTER", "Letter of the visit on the screen"),
        DatasetColumn("POSITION", "Place from the left, from 0"),
        DatasetColumn("SIDE", "L or R"),
        DatasetColumn("VIEW", "hand or foot"),
        DatasetColumn("FILMTOKEN", "Random token of the film in this read"),
        DatasetColumn("IMGID", "Random key of the reader image; empty when the film is absent"),
        FILMDTC,
        DatasetColumn("DATESRC", "Source of the film date: header, site or confirmed"),
        DatasetColumn("SIGNDTC", "When the read was signed (UTC)"),
        DatasetColumn("DIGEST", "SHA-256 of the signed bytes"),
    ),
)
ORDERS = DatasetTable(
    "orders.csv",
    "One row per timepoint of every issued read, whatever its status: everything needed to draw the orders again",
    (
        STUDY,
        DatasetColumn("CASENUM", "Drawn number of the case in the campaign"),
        READID,
        DatasetColumn("READKIND", "primary, adjudication or repeat"),
        DatasetColumn("READSTATUS", "Status of the read"),
        DatasetColumn("COMMITMENT", "SHA-256 that committed to the seed of these orders when the read was requested"),
        DatasetColumn("QUEUE", "Name of the draw of the reader's queue: the first of its entries' tokens"),
        DatasetColumn(
            "ENTRY", "Random token of the entry in the worklist: the read, or the timepoint where these are mixed"
        ),
        DatasetColumn("QUEUEPOS", "Drawn place of the entry in that queue, from 0"),
        STEP,
        DatasetColumn("STEPCOUNTS", "Y when the values of the step are used in the read's result"),
        DatasetColumn("POSITION", "Place from the left, from 0"),
        DatasetColumn("LETTER", "Letter of the visit on the screen"),
        DatasetColumn("KEY", "Smallest random image key of the visit, from which the draw started"),
        VISITPOS,
        DatasetColumn("REPEATDRAWN", "Y when the read was drawn to be repeated"),
    ),
)
CORRECTIONS = DatasetTable(
    "corrections.csv",
    "Only in a correction: one row per value that differs from the analysis of record, and per row added or removed",
    (
        DatasetColumn("FILE", "File"),
        DatasetColumn("CHANGE", "added, removed or altered"),
        DatasetColumn("ROW", "The columns that name the row, separated by semicolons"),
        DatasetColumn("COLUMN", "The column that differs; empty for a row that was added or removed"),
        DatasetColumn("BEFORE", "Value in the analysis of record"),
        DatasetColumn("AFTER", "Value in this dataset"),
    ),
)
REVISIONS = DatasetTable(
    "revisions.csv",
    "One row per revision of every score, whatever the status of its read, in the order of saving on the server",
    (
        STUDY,
        SUBJECT,
        SITE,
        DatasetColumn("CASENUM", "Drawn number of the case in the campaign"),
        VISITPOS,
        VISIT,
        DatasetColumn("READERID", "Code of the person within this campaign; empty for one who never signed"),
        READID,
        DatasetColumn("READSTATUS", "Status of the read"),
        STEP,
        DatasetColumn("BLINDPOS", "Letter under which the reader saw the visit"),
        FEATURE,
        DatasetColumn("SIDE", "L or R"),
        DatasetColumn("REGION", "hand or foot"),
        DatasetColumn("JOINT", "Joint code of the instrument"),
        DatasetColumn("PARAMCD", "Item key without the hyphen"),
        DatasetColumn("REVISION", "Number of the revision of the cell, from 1"),
        DatasetColumn("OLDVAL", "The grade before; empty for the first revision or where there was none"),
        DatasetColumn("OLDREAS", "Why the item was not assessable before; empty otherwise"),
        DatasetColumn("AVAL", "The grade; empty when not assessable or cleared"),
        DatasetColumn("NAREASON", "Why the item was not assessable; empty otherwise"),
        DatasetColumn("ENTRYMTH", "key, click, bulk (a whole joint at once) or system"),
        DatasetColumn("CAPTDTC", "Time on the reader's computer (UTC), as sent; never used to order revisions"),
        DatasetColumn("CAPTFL", "N when that time is more than 24 hours from the server's; empty otherwise"),
        DatasetColumn("SCOREDTC", "When the revision was saved on the server (UTC)"),
        DatasetColumn("AFTERFL", "Y when the step had been signed before"),
        DatasetColumn(
            "CHGREAS",
            "Why a signed value changed: typing-error, wrong-joint, wrong-timepoint, overlooked, judged-again, other",
        ),
        DatasetColumn("CHGTEXT", "The reader's explanation of that change"),
        DatasetColumn("FIRSTFL", "Y when the revision was signed in the first signature of its step"),
        DatasetColumn("LASTFL", "Y when the revision is signed in the newest signature of its step"),
    ),
)
FIRST_SIGNED = DatasetTable(
    "first_signed.csv",
    "Effect of corrections on the results: the result from the first-signed values beside that from the last-signed",
    (
        STUDY,
        SUBJECT,
        SITE,
        DatasetColumn("KIND", "total, or change from the first visit"),
        VISITPOS,
        VISIT,
        GROUP,
        DatasetColumn(
            "FIRSTEXACT", "From the same readers' first-signed values, as a fraction n/d; empty when missing"
        ),
        DatasetColumn("FIRSTVAL", "The same rounded once, half to even, to 4 decimals"),
        DatasetColumn("LASTEXACT", "The result, from the last-signed values, as a fraction n/d; empty when missing"),
        DatasetColumn("LASTVAL", "The same rounded once, half to even, to 4 decimals"),
        DatasetColumn("DIFF", "LASTEXACT minus FIRSTEXACT, rounded once; empty when one is missing"),
        DatasetColumn("FIRSTDISC", "Y when the case was discordant by the readers' first-signed values"),
    ),
)
TABLES = (ANALYSIS, EVENTS, SCORES, TOTALS, CHANGES, CASES, READS, REVISIONS, FIRST_SIGNED, ORDERS)
CODEBOOK = DatasetTable(
    "codebook.csv",
    "Every column of every table",
    (
        DatasetColumn("FILE", "File"),
        DatasetColumn("COLUMN", "Column"),
        DatasetColumn("MEANING", "What it contains"),
        DatasetColumn("TYPE", "text, integer, decimal, date (ISO 8601) or time (ISO 8601, UTC)"),
        DatasetColumn("LENGTH", "Largest number of characters"),
        DatasetColumn(
            "CODELIST", "Every value allowed besides an empty cell, separated by semicolons; empty without a list"
        ),
    ),
)
