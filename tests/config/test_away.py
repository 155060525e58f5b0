"""While the database is away people get 503 and when to try again, and the log gets one line for each request."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT, environment_of_a_part

ASKED = """
import json
import django
django.setup()
from django.test import Client
for method, path, kind in json.loads(%r):
    client = Client(raise_request_exception=False)
    client.cookies["session"] = "a" * 32
    data = {"data": "{}", "content_type": "application/json"} if kind == "json" else {}
    answer = getattr(client, method)(path, headers={"Accept": "text/html"} if kind == "page" else {}, **data)
    print(json.dumps([answer.status_code, answer.get("Retry-After"), answer.content.decode()]))
"""
REQUESTS = [
    ("get", "/", "page"),
    ("get", "/read/", "page"),
    ("post", "/sign-in/", "page"),
    ("post", "/read/none/values", "json"),
    ("get", "/trials/RA-1/films/", "page"),
    ("get", "/api/v1/trials", "page"),
]


@pytest.mark.parametrize("url", ["sqlite:////nowhere/database", "postgresql://nobody@/none?host=/nowhere"])
def test_every_request_is_answered_with_when_to_try_again_and_logged_in_one_line(url: str, tmp_path: Path) -> None:
    environment = environment_of_a_part(
        DATABASE_URL=url, BLINDREAD_VAR=str(tmp_path), DJANGO_SETTINGS_MODULE="config.settings"
    )
    command = [sys.executable, "-c", ASKED % json.dumps(REQUESTS)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer[:2] for answer in answers] == [[503, "5"]] * len(REQUESTS), done.stderr
    assert "Nothing was stored. Try again in a few seconds." in answers[0][2]
    assert json.loads(answers[3][2])["error"].startswith("The database does not answer.")
    assert json.loads(answers[5][2])["detail"].startswith("The database does not answer.")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(lines) == len(REQUESTS)
    assert all(line["message"].startswith("the database does not answer: ") for line in lines)
    assert max(map(len, done.stderr.splitlines())) < 400
