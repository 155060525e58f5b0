"""The examples of docs/api.md are run as they are printed, by a Python and an R of their own, against a server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.programs import program_of
from tests.equal_to_r.running import run_r
from tests.studies.planned import plan

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
PYTHON, IN_R = (re.findall(rf"```{name}\n(.*?)```", PAGE, re.DOTALL)[0] for name in ("python", "r"))


def run(url: str, token: str) -> subprocess.CompletedProcess[str]:
    """The example with its two settings and nothing else of ours."""
    given = {"BLINDREAD_URL": url, "BLINDREAD_TOKEN": token, "no_proxy": "*"}
    return subprocess.run([sys.executable, "-I", "-c", PYTHON], env=given, capture_output=True, text=True, timeout=60)


@pytest.mark.django_db(transaction=True)
def test_the_python_example_lists_every_subject_with_its_visits(live_server: Any) -> None:
    program = program_of(plan("RA-1").trial, "statistician")
    done = run(live_server.url, program.text)
    assert (done.stdout.splitlines(), done.stderr) == (["RA-1 01 01-001 BL W24", "RA-1 02 02-001 BL W24"], "")


@pytest.mark.django_db(transaction=True)
def test_the_python_example_ends_with_the_sentence_of_a_refusal(live_server: Any) -> None:
    done = run(live_server.url, "blindread_none")
    assert done.returncode == 1
    assert done.stderr.startswith("The request has no valid access token.")


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_the_r_example_lists_every_subject_page_by_page_and_ends_with_the_sentence_of_a_refusal(
    live_server: Any, tmp_path: Path
) -> None:
    program = program_of(plan("RA-1").trial, "statistician")
    given = {"BLINDREAD_URL": live_server.url, "BLINDREAD_TOKEN": program.text, "no_proxy": "*"}
    assert run_r(tmp_path, IN_R, **given) == '[1] "01-001"\n'
    in_pages = IN_R.replace('site = "01"', "limit = 1")
    assert run_r(tmp_path, in_pages, **given) == '[1] "01-001" "02-001"\n'
    with pytest.raises(AssertionError, match=r"The request has no valid access token\."):
        run_r(tmp_path, IN_R, **given | {"BLINDREAD_TOKEN": "blindread_none"})
