"""Computes agreement between readers from a CSV file, without a database.

The file has the columns subject, reader and value, and for agreement in change also visit. With --instrument, it
contains item scores, such as scores.csv of a dataset, of which the primary reads are used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import instruments
from config.errors import BadInput
from config.wording import counted
from instruments.missing import DEFAULT, UnknownRule
from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.report import Cube, report
from scoring.plain_files.dataset_scores import first_visit, primary_ratings, read_scores
from scoring.plain_files.ratings import cube_of, read_ratings
from scoring.plain_files.rules import RULE_HELP, parsed_rule
from scoring.plain_files.spreadsheet_text import said_of_encoding
from scoring.plain_files.totals import PlainTotals

SINGLE = (("sem", "SEM"), ("sdd_status", "SDD of status"), ("sdd_change", "SDD of change"), ("sdc", "SDC 95 %"))
KINDS = {
    "unweighted": "kappa, unweighted,",
    "linear": "kappa, linear,",
    "quadratic": "kappa, quadratic,",
    "pabak": "PABAK",
    "positive": "positive agreement",
}


class Command(BaseCommand):
    """bin/manage agreement FILE.csv [--instrument KEY --missing RULE --sites GROUP] [--baseline VISIT] [--json]"""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--baseline", metavar="VISIT", help="the visit from which changes are computed; by default the first"
        )
        parser.add_argument(
            "--instrument", metavar="KEY", help=f"for item scores: one of {', '.join(instruments.KEYS)}"
        )
        parser.add_argument("--missing", default=DEFAULT, metavar="RULE", help=f"for item scores: {RULE_HELP}")
        parser.add_argument(
            "--sites", default="total", metavar="GROUP", help="for item scores: such as total or erosion-hand"
        )
        parser.add_argument(
            "--replicates", type=int, default=Bootstrap.replicates, help="number of bootstrap replicates, 0 for none"
        )
        parser.add_argument("--seed", type=int, default=Bootstrap.seed, help="seed of the bootstrap")
        parser.add_argument("--json", action="store_true", help="print unrounded numbers as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bootstrap = bootstrap_from(options["replicates"], options["seed"])
            cube = cube_from(options)
        except (BadInput, instruments.UnknownInstrument, UnknownRule) as error:
            raise CommandError(str(error), returncode=2) from None
        if said := said_of_encoding(options["file"]):
            self.stderr.write(said)
        found = report(cube, bootstrap=bootstrap)
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1, allow_nan=False))
        else:
            self.stdout.write("\n".join(lines(found)))


def cube_from(options: dict[str, Any]) -> Cube:
    if options["instrument"] is None:
        return cube_of(read_ratings(options["file"]), options["baseline"])
    instrument = instruments.get(options["instrument"])
    reads = read_scores(options["file"], instrument)
    baseline = options["baseline"] or first_visit(reads)
    return primary_ratings(PlainTotals(instrument, parsed_rule(options["missing"]), reads, baseline), options["sites"])


def bootstrap_from(replicates: int, seed: int) -> Bootstrap | None:
    if replicates < 0 or seed < 0:
        raise BadInput(f"Give --replicates and --seed as whole numbers from 0, not {replicates} and {seed}.")
    return Bootstrap(replicates, seed) if replicates else None


def lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{counted(found['subjects'], 'subject')}, readers {', '.join(found['readers'])}; {found['missing_cells']}"
    yield from (printed_line(row["form"], row) for row in found["icc"])
    for key, name in SINGLE:
        yield from (printed_line(name, row) for row in found[key]["each"] or [found[key]])
    yield from (printed_line("SDC 80 %", row) for row in found["sdc"]["eighty"]["each"])
    yield from (printed_line(f"CCC {pair(row)}", row) for row in found["ccc"]["each"])
    yield from (
        printed_line(f"bias {pair(row)}, limits of agreement", bias(row)) for row in found["bland_altman"]["each"]
    )
    yield from (line for row in found["kappa"]["each"] for line in kappas(row))
    yield from (
        printed_line(f"progressors, {row['definition']}", {**row, **row["by_mean"]}) for row in found["progressors"]
    )


def bias(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "value": row["bias"]}


def kappas(row: dict[str, Any]) -> Iterator[str]:
    for kind, part in row["intervals"].items():
        yield printed_line(f"{KINDS.get(kind, kind)} {pair(row)}", {**part, "of": row["of"], "visit": row["visit"]})


def pair(row: dict[str, Any]) -> str:
    return f"{row['first']} - {row['second']}"


def printed_line(name: str, row: dict[str, Any]) -> str:
    """Rounded for the screen only: four decimals."""
    where = f"{row.get('of') or ''} {row.get('visit') or ''}".strip()
    value, lower, upper = row.get("value"), row.get("lower"), row.get("upper")
    shown = "undefined" if value is None else f"{value:.4f}"
    limits = "" if lower is None or upper is None else f" ({lower:.4f} to {upper:.4f})"
    return f"{name:<40}{where:<16}{shown}{limits}  n={row.get('n')}  {row.get('reason') or ''}".rstrip()
