"""The description inside a package: facts for the manifest, and a page for the person who opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

import instruments
from config.wording import both, counted
from reading.campaigns.analysis_of_record import POST_HOC, timing_of
from reading.charter.terms import ENTRY_ORDERS, PARTIAL_RULES, RESULT_RULES, Terms
from reading.charter.versions import charters_of, terms_of
from reading.issuing.presentations import ORDER_KNOWN, PRESENTATIONS
from reading.models import Campaign
from scoring.cdisc.transfer import DEFINE, FOLDER
from scoring.cdisc.transfer import TABLES as TRANSFER_TABLES
from scoring.consensus.panel import MISSING, THIRD_READ
from scoring.datasets.tables import TABLES
from scoring.datasets.transfer_facts import CampaignTransfer
from scoring.endpoint.event_lists import kinds_left_out
from scoring.models import EventList


def describe(
    campaign: Campaign,
    rows: dict[str, int],
    transferred: dict[str, int],
    shared: CampaignTransfer,
    events: EventList | None = None,
) -> dict[str, Any]:
    """The facts in the manifest: no times, so that the same reads give the same bytes."""
    terms = terms_of(campaign.charter)
    instrument = instruments.get(terms.instrument)
    return {
        "product": f"Blindread {settings.SPECTACULAR_SETTINGS['VERSION']}",
        "trial": campaign.trial.code,
        "campaign": campaign.code,
        "charter": {"version": campaign.charter.version, "digest": campaign.charter.digest, "terms": terms.as_json()},
        "charters": list(charters_of(campaign).order_by("version").values("version", "digest")),
        "instrument": {"key": instrument.key, "version": instrument.version, "maximum": instrument.maximum},
        "readers": shared.facts.readers,
        "analysis": timing_of(campaign),
        "visits": visits_of(shared),
        "sdc": shared.analysis.detectable if shared.analysis else {},
        "events": {
            "list": events.number if events else None,
            "sha256": events.digest if events else "",
            "not_applied": kinds_left_out(terms),
        },
        "rows": rows,
        "transfer": transferred,
    }


def visits_of(shared: CampaignTransfer) -> dict[str, Any]:
    """The codes of all planned visits, and the windows of those in analysis.csv: days since the baseline film."""
    if shared.analysis is None:
        return {"planned": [], "analysis": []}
    columns = ("code", "number", "target_day", "first_day", "last_day")
    windows = [(one.code, one.number, one.target_day, *one.window) for one in shared.analysis.visits.every]
    return {
        "planned": list(shared.numbers),
        "analysis": [dict(zip(columns, window, strict=True)) for window in windows],
    }


def visits_in_words(visits: dict[str, Any]) -> str:
    """The section about the analysis visits, with a line for the window of each.

    >>> week = {"code": "W24", "number": 2, "target_day": 168, "first_day": 154, "last_day": 182}
    >>> print(visits_in_words({"analysis": [week]}).splitlines()[-1])
    - W24 (number 2): planned for day 168, window from day 154 to day 182.
    """
    windows = "\n".join(
        f"- {one['code']} (number {one['number']}): planned for day {one['target_day']},"
        f" window from day {one['first_day']} to day {one['last_day']}."
        for one in visits["analysis"]
    )
    return f"""## Analysis visits
Days count from the baseline film (day 0). The first visit is the baseline. The windows are those that decided which
film serves a visit; `manifest.json` has them too.
{windows or "The trial plans no visit."}"""


def order_in_words(presentation: str) -> str:
    """The readers' knowledge of the chronological order."""
    if presentation in ORDER_KNOWN:
        return "They knew the chronological order."
    return "They did not know the chronological order either."


def timing_in_words(facts: dict[str, Any]) -> str:
    """Whether the charter was signed before the arms were opened, and which lock a correction corrects."""
    if facts["analysis"] == POST_HOC:
        says = "Post hoc: arms of this trial had been opened in Blindread before the charter was signed."
    else:
        says = "Prespecified: no arm of this trial had been opened in Blindread when the charter was signed."
    if corrected := facts.get("corrects"):
        says += f"""

## Correction made after arms were received
The analysis of record is lock {corrected["lock"]} (root {corrected["root"]}). It is delivered unchanged in
`{corrected["file"]}`. `corrections.csv` lists every value of this dataset that differs from it."""
    return says


NOTES = """Results use the last-signed values. Agreement between readers, the smallest detectable change and the
adjudication rate use the first-signed values, because a correction is not an independent read. `revisions.csv` contains
both, and `first_signed.csv` shows what the corrections change. FIRSTDISC in that file says for each case whether the
first-signed values were discordant; the adjudication rate is computed from it.

In `analysis.csv`, aval, base and chg of a row belong together: the missing-data rule treats both visits of a change
alike, so the baseline of the change to W24 may differ from that of the change to W52. basetype names the baseline, and
status_base is the status total at baseline, which is the covariate of the analysis. aval and base are means of the same
readers, whose codes are in the row. base and chg are rounded once; aval is their sum. Days count from the baseline film
(day 0). A film outside the plan is used for the visit whose window it is in, unless a scheduled film is inside that
window.
{events}

Values are used in results where COUNTFL is Y. Repeats (REPEATFL) measure intra-reader agreement and are not used in
any result. Controls, which are third reads of cases whose readers agreed, are not used either. {orders}

The folder `cdisc` has the same numbers as SAS transport files (version 5): the scores as SDTM; totals, changes and
joints as ADaM. In ADXR, BASETYPE says to which baseline a value belongs. STATUS rows have the totals of `totals.csv`;
the rows of an interval have the change over that interval, with the baseline and the total that belong to it. What only
the sponsor knows (RFSTDTC, RFXSTDTC, EPOCH) is empty. Times inside these files are fixed, so that the same reads give
the same bytes.

EXACT contains fractions. AVAL is rounded once, half to even, to 4 decimals. A text cell that begins like a spreadsheet
formula is preceded by an apostrophe. Files are UTF-8, comma-separated, with CRLF line ends.
"""


REVEALED = """Once the campaign is
locked, its seeds can be revealed. `bin/manage verify_randomisation . --seed FILE` then draws every order in
`orders.csv` again."""
SCRAMBLED = "The\norders in `orders.csv` have scrambled names, so no seed of the trial draws them again."


def events_in_words(events: dict[str, Any]) -> str:
    """The intercurrent events that were applied, and the kinds that await the arms.

    >>> print(events_in_words({"list": None, "not_applied": ["switch"]}))
    No intercurrent event was imported, so none is applied.
    Not applied, because the charter does not declare them independent of the arm: events of the kind switch.
    """
    listed = f"Event list {events['list']} is applied by the charter's strategies; `events.csv` contains it."
    says = listed if events["list"] else "No intercurrent event was imported, so none is applied."
    if kinds := events["not_applied"]:
        because = "because the charter does not declare them independent of the arm"
        says += f"\nNot applied, {because}: events of the kind {both(kinds)}."
    return says


def adjudication_in_words(terms: Terms) -> str:
    """The rule for adjudication, and the result of a case."""
    partial = f"Visits that only some readers could evaluate: {PARTIAL_RULES[terms.partial_visits]}."
    if not terms.adjudicates:
        says = "Every case has three readers. Its result is the mean of all three; no case is adjudicated."
        left = "missing" if terms.partial_visits == MISSING else "the mean of those who could, if two or more could"
        return f"{says}\nVisits that only some readers could evaluate: {left}."
    threshold = f"{terms.adjudication_threshold:g}"
    third = ",\nor when only one of them could evaluate a visit" if terms.partial_visits == THIRD_READ else ""
    return f"""A case is adjudicated when the changes of its two readers differ by more than {threshold}{third}.
Result after adjudication: {RESULT_RULES[terms.result_rule]}.
{partial}"""


def write_readme(folder: Path, facts: dict[str, Any]) -> None:
    """README.md: what was read, how, and how to use and verify the files."""
    terms = facts["charter"]["terms"]
    files = "\n".join(
        f"- `{table.name}` ({counted(facts['rows'][table.name], 'row')}): {table.says}." for table in TABLES
    )
    transfer = "\n".join(
        f"- `{FOLDER}/{table.file}` ({counted(facts['transfer'][f'{FOLDER}/{table.file}'], 'row')}): {table.label}."
        f" {table.structure}."
        for table in TRANSFER_TABLES
    )
    read_by = facts["instrument"]
    text = f"""# {facts["trial"]}, campaign {facts["campaign"]}

Central reading by {read_by["key"]} version {read_by["version"]} (0 to {read_by["maximum"]}),
charter version {facts["charter"]["version"]}. Presentation: {PRESENTATIONS[terms["presentation"]]}.
Readers did not know the subject, visit, date, site or treatment. {order_in_words(terms["presentation"])}
Order of entry: {ENTRY_ORDERS[terms["entry_order"]].lower()}.
{adjudication_in_words(Terms(**terms))}
Missing sites: {terms["missing_rule"]} (limit {terms["missing_limit"]:g}). This package contains no treatment arm.
{timing_in_words(facts)}

{visits_in_words(facts["visits"])}

## Files
{files}
{transfer}
- `{FOLDER}/*.ndjson`: the same datasets as Dataset-JSON 1.1, one line for each record.
- `{FOLDER}/*.parquet`: the same datasets as Parquet, with the type and the label of every column.
- `{FOLDER}/csdrg.md`, `{FOLDER}/adrg.md`: drafts of the reviewer's guides, filled in from the charter.
- `{FOLDER}/{DEFINE}`: Define-XML 2.1, with the origin, derivation, codelist and keys of every variable of these files.
- `codebook.csv`: every column of every table, with its type, length and codelist.
- `read.R`, `read.sas`: read every table with the types of the codebook.
- `manifest.json`: size and SHA-256 of every file; its own SHA-256 is the root that two people sign.
- `verify.py`: `python verify.py . --root ROOT` proves that this folder is intact. It needs only Python 3.

{NOTES.format(events=events_in_words(facts["events"]), orders=SCRAMBLED if "scrambled" in facts else REVEALED)}"""
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
