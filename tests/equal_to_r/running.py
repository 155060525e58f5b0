"""R, run by tests of the long run. A missing R fails them: none is skipped because of it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

NEEDED = "Rscript is not installed; bin/test --full installs r-base-core"


def code_of(name: str) -> str:
    """The R code of a test, from the file beside it."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def run_r(folder: Path, code: str, *arguments: str, **settings: str) -> str:
    """What the code prints, run in a folder by an R without settings of its own; a failure shows what R said."""
    program = shutil.which("Rscript")
    assert program, NEEDED
    (folder / "code.R").write_text(code, encoding="utf-8")
    command = [program, "--vanilla", "code.R", *arguments]
    done = subprocess.run(command, cwd=folder, env=os.environ | settings, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_table(path: Path, columns: Mapping[str, Sequence[object]]) -> None:
    """Columns as a CSV file, every digit of a number kept; NaN is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        rows = zip(*columns.values(), strict=True)
        writer.writerows(["" if cell != cell else cell for cell in row] for row in rows)


def rows_from_r(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file that R wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
