"""The example of docs/api.md is run as it is printed, by a Python of its own, against a running server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.programs import program_of
from tests.studies.planned import plan

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]


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
