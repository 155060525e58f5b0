"""Rehearses a trial with a known truth: subjects, films and readers are simulated, the product computes the results.

DESIGN is ra-beam, ra-begin, larsen, oskira-1, or a file ending in .toml. No database is needed. With --database, one
trial is run through every function of the product, in a database that contains nothing else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.errors import BadInput, Refusal
from rehearsal.trial.design_file import find_design
from rehearsal.trial.report import rehearse
from rehearsal.trial.run import RehearsalPlan
from rehearsal.trial.scenarios import SCENARIOS
from rehearsal.whole.playing import play
from scoring.endpoint.by_arm.report import refuse_used

RANGES = {"subjects": (4, 20_000), "seed": (0, 2**31), "replicates": (1, 100_000), "processes": (1, 64)}


class Command(BaseCommand):
    """bin/manage rehearse --design ra-beam --subjects 400 --seed 1 --replicates 200 --out DIR"""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--design", required=True, metavar="DESIGN", help="the name of a design, or a TOML file")
        add("--out", type=Path, required=True, metavar="DIR", help="a new folder for the report")
        add("--subjects", type=int, metavar="N", help="subjects in each trial; by default those of the design")
        add("--seed", type=int, default=1, help="seed of the simulation; the same seed gives the same numbers")
        add("--replicates", type=int, default=200, metavar="R", help="number of trials simulated in each scenario")
        add("--processes", type=int, default=1, help="how many trials are simulated at the same time")
        add("--scenario", action="append", choices=list(SCENARIOS), help="only this scenario; can be given repeatedly")

        add("--database", action="store_true", help="run one trial through the database, instead of replicates")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = plan_of(options)
            if options["database"]:
                play(plan, options["out"], self.stdout.write)
                return
            refuse_used(options["out"])
        except Refusal as error:
            raise CommandError(str(error), returncode=2) from None
        rehearse(plan, options["out"], self.stdout.write)
        self.stdout.write(f"The report is {options['out'] / 'index.html'}.")


def plan_of(options: dict[str, Any]) -> RehearsalPlan:
    """The plan that the options describe."""
    design = find_design(options["design"])
    given = {**options, "subjects": design.subjects if options["subjects"] is None else options["subjects"]}
    for name, (least, most) in RANGES.items():
        if not least <= given[name] <= most:
            raise BadInput(
                f"The number of --{name} cannot be {given[name]}. Give a whole number from {least} to {most}."
            )
    scenarios = tuple(options["scenario"] or SCENARIOS)
    return RehearsalPlan(design, given["subjects"], given["seed"], given["replicates"], scenarios, given["processes"])
