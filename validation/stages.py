"""Runs a stage and writes its report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from config.errors import BadInput
from validation.checks import CheckResult, Say
from validation.child import run_in_child
from validation.facts import facts_of
from validation.iq.all_checks import run_iq
from validation.iq.product_files import Digests
from validation.pdf import as_pdf
from validation.report import StageReport, as_json

STAGES = ("iq", "oq", "pq")


@dataclass(frozen=True)
class Options:
    """The folder of the report, the manifest of the release, and where progress is reported."""

    out: Path
    manifest: Digests | None
    say: Say


def run_stage(stage: str, given: Options) -> tuple[StageReport, list[Path]]:
    """One stage and its report, as two new files."""
    began = timezone.now()
    paths = [given.out / f"{stage}-{began:%Y%m%dT%H%M%SZ}.{kind}" for kind in ("json", "pdf")]
    given.out.mkdir(parents=True, exist_ok=True)
    with new_files(paths):
        results = results_of(stage, given)
        report = StageReport(stage, facts_of(stage, began, timezone.now()), tuple(results))
        paths[0].write_text(as_json(report), encoding="utf-8")
        paths[1].write_bytes(as_pdf(report))
    return report, paths


def results_of(stage: str, given: Options) -> list[CheckResult]:
    """The results of the checks of a stage."""
    return run_iq(given.manifest, given.say) if stage == "iq" else run_in_child(stage)


@contextmanager
def new_files(paths: list[Path]) -> Iterator[None]:
    """Creates the files before a run, so that no report is overwritten or lost; a refused run leaves none."""
    made = []
    try:
        for path in paths:
            path.open("x").close()
            made.append(path)
        yield
    except BaseException as error:
        for empty in made:
            if not empty.stat().st_size:
                empty.unlink()
        if isinstance(error, FileExistsError) and len(made) < len(paths):
            raise BadInput(f"The file {path} exists. Wait a second, or give another folder.") from None
        raise
