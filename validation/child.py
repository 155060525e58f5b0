"""The child process of OQ and PQ: python -m validation.child STAGE, in the environment of a private installation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from config.wording import counted
from validation.checks import FAILED, CheckResult, Keep, not_run
from validation.private import PLACE, private_installation

RESULTS = "results.json"
ROOT = Path(__file__).resolve().parent.parent


def run_in_child(stage: str) -> list[CheckResult]:
    """Runs a stage in a private installation. A child that stops early is a failed check, and its results are kept."""
    began = timezone.now()
    with private_installation() as environment:
        command = [sys.executable, "-m", "validation.child", stage]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False)  # noqa: S603  our own module
        results = read_results(Path(environment[PLACE]))
    return [*results, *left_out(stage, results, done.returncode, began)]


def left_out(stage: str, results: list[CheckResult], code: int, began: datetime) -> list[CheckResult]:
    """A failed check if the process stopped early or left checks out, and each of these as not tried."""
    from validation.traced import checks_of

    ran = {one.name for one in results}
    missing = [not_run(one, "it was not run") for one in checks_of(stage) if one.name not in ran]
    if code == 0 and not missing:
        return []
    seen = (
        f"The process of the checks ended with code {code}; {counted(len(missing), 'check was', 'checks were')} not run"
    )
    does, expects = "Runs the checks of the stage in a separate process.", "Every check ran"
    ended = CheckResult("private installation", ("R-50",), does, expects, seen, FAILED, began, timezone.now())
    return [ended, *missing]


def read_results(folder: Path) -> list[CheckResult]:
    """The stored results."""
    path = folder / RESULTS
    return [result_of(one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def keeper(folder: Path) -> Keep:
    """Stores results one by one; a process that is killed leaves the earlier results in a complete file."""
    results: list[dict[str, Any]] = []

    def keep(result: CheckResult) -> None:
        results.append(as_plain(result))
        new = folder / f"{RESULTS}.new"
        new.write_text(json.dumps(results), encoding="utf-8")
        new.replace(folder / RESULTS)

    return keep


def as_plain(result: CheckResult) -> dict[str, Any]:
    """A result in the form of the file shared by the processes."""
    return asdict(result) | {"began": result.began.isoformat(), "ended": result.ended.isoformat()}


def result_of(given: dict[str, Any]) -> CheckResult:
    """The result read from that form."""
    times = {name: datetime.fromisoformat(given[name]) for name in ("began", "ended")}
    return CheckResult(**(given | times | {"requirements": tuple(given["requirements"])}))


def say(text: str) -> None:
    """Progress, on standard error."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


def demand_private() -> Path:
    """The folder of the private installation; ends the process if the settings name anything outside it."""
    from django.conf import settings

    folder = Path(os.environ.get(PLACE, "/nowhere"))
    named = str(settings.DATABASES["default"]["NAME"])
    own = named.startswith("blindread_validation_") or Path(named).resolve().parent == folder.resolve()
    if settings.VAR.parent != folder or not own:
        raise SystemExit("This process runs only in a private installation. Use bin/manage validate.")
    return folder


def main(stage: str) -> None:
    """Makes the tables, runs the checks, and stores each result."""
    import django
    from django.core.management import call_command

    django.setup()
    folder = demand_private()
    from validation.oq.all_checks import run_oq
    from validation.pq import run_pq

    say("making the tables of the private installation")
    call_command("migrate", verbosity=0)
    {"oq": run_oq, "pq": run_pq}[stage](folder, say, keeper(folder))


if __name__ == "__main__":
    main(sys.argv[1])
