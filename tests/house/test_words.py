"""Plain words: expressions to avoid in the product, its documentation and its code."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.servers import ROOT

WHERE = [
    "templates",
    "docs",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "static/js",
    "static/css",
    "bin",
    "deploy",
]
CODE = [
    "accounts",
    "api",
    "audit",
    "bench",
    "config",
    "imaging",
    "instruments",
    "jobs",
    "reading",
    "rehearsal",
    "scoring",
    "validation",
]
PLACES = [*WHERE, *CODE, "studies", "docker-compose.yml", "Dockerfile"]
# What to avoid, and what to write instead.
AVOID = {
    r"\bthe own\b": "their own, its own",
    r"\bto be had\b": "available",
    r"\ball the same\b": "nevertheless, anyway; or leave it out",
    r"\bat hand\b": "available, here",
    r"\b(the|this|a|our|one) house\b": "the installation, Blindread, the product",
    r"\b(is|are|was|were|be|been) told\b": "recorded, shown, informed",
    r"(?<!\.)\b(tells?|telling)\b": "shows, says, records, identifies, distinguishes",
    r"\btold (by|to|the|it|them|in)\b": "recorded, shown, informed",
    r"\b(he|him|his|himself|she|her|herself)\b": "they, them, their",
    r"\bstands? (in|at|beside|there|on|under|among|before|ready|for itself)\b": "is",
    r"\b(lies|lie|lay) (in|at|beside|on|within|sealed|here|there|apart|below|above)\b": "is, are",
    r"\bturned? (down|away)\b": "refused, rejected",
    r"\bwhat came of\b": "results, outcome",
    r"\bin the way of\b": "blocking",
    r"\bway of looking\b": "display mode",
    r"\banew\b": "again",
    r"\bsend(s)? it on\b": "release",
    r"\bdays off\b": "deviation (days)",
    r"\bpresent password\b": "current password",
    r"\bwith (himself|herself|themselves)\b": "intra-reader",
    r"\b(harder|softer)\b": "more contrast, less contrast",
    r"\bis asked for\b": "is required, is requested",
    r"\bof the day\b": "daily, today's",
    r"\bnoughts?\b": "zero",
    r"\bstands? (out|second|behind|side by side)\b": "protrudes, is shown",
    r"\b(lies|lie|lay) behind\b": "is behind",
    r"\bsomebody has to\b": "action required",
    r"\bgoes on\b": "continues, resumes automatically",
    r"\bfilms to come\b": "expected films",
    r"\bnobody who reads may\b": "readers must not",
    r"\bif it lasts\b": "if this continues",
    r"\bnothing says so\b": "without a label",
    r"\bwhat comes back\b": "what is found, results",
    r"\b(is|are|was|were|being) looked at\b": "is reviewed, is viewed",
    r"\bholds up nobody\b": "blocks no other",
    r"\bgo(es)? out\b": "is issued, is sent",
    r"\bmake somebody\b": "make another person",
    r"\blook_after\b": "check",
    r"\bwhoever\b": "anyone who, the person who",
}


def lines_with(pattern: str) -> list[str]:
    command = ["git", "grep", "-nIiP", pattern, "--", *PLACES]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode in (0, 1), found.stderr
    return found.stdout.splitlines()


@pytest.mark.parametrize("pattern", AVOID, ids=lambda pattern: re.sub(r"\W+", " ", pattern.replace(r"\b", "")).strip())
def test_the_text_has_no_idiom(pattern: str) -> None:
    assert lines_with(pattern) == [], f"write instead: {AVOID[pattern]}"
