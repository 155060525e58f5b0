"""The report of one stage: requirements traced to checks and results, deviations, facts, and two signatures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from validation.checks import FAILED, PASSED, CheckResult
from validation.facts import Facts
from validation.requirements import Requirement, requirements

BY_HAND, ELSEWHERE = "not automated", "not in this stage"
TITLES = {
    "iq": "Installation qualification",
    "oq": "Operational qualification",
    "pq": "Performance qualification",
}


@dataclass(frozen=True)
class Traced:
    """One requirement, the checks of this stage that show it, and how it came out."""

    requirement: Requirement
    results: tuple[CheckResult, ...]

    @property
    def outcome(self) -> str:
        """Failed if any of its checks failed."""
        if any(one.outcome == FAILED for one in self.results):
            return FAILED
        if self.results:
            return PASSED
        return BY_HAND if self.requirement.procedure else ELSEWHERE


@dataclass(frozen=True)
class StageReport:
    """What one stage found."""

    stage: str
    facts: Facts
    results: tuple[CheckResult, ...]

    @property
    def title(self) -> str:
        return TITLES[self.stage]

    @property
    def deviations(self) -> list[CheckResult]:
        """The checks that failed."""
        return [one for one in self.results if one.outcome == FAILED]

    @property
    def passed(self) -> bool:
        """Whether every check passed; a stage without a check has shown nothing."""
        return bool(self.results) and not self.deviations

    def traced(self) -> list[Traced]:
        """Every requirement with the checks that show it."""
        return [Traced(one, tuple(showing(one.number, self.results))) for one in requirements().values()]


def showing(number: str, results: Iterable[CheckResult]) -> list[CheckResult]:
    """The results that concern a requirement."""
    return [one for one in results if number in one.requirements]


def as_json(report: StageReport) -> str:
    """The whole report for programs."""
    content: dict[str, Any] = {
        "title": report.title,
        "passed": report.passed,
        "facts": report.facts,
        "requirements": [
            asdict(one.requirement) | {"outcome": one.outcome, "checks": [result.name for result in one.results]}
            for one in report.traced()
        ],
        "checks": [asdict(one) | {"began": when(one.began), "ended": when(one.ended)} for one in report.results],
        "deviations": [one.name for one in report.deviations],
        "signatures": [],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def when(time: Any) -> str:
    """A time as text."""
    return f"{time:%Y-%m-%dT%H:%M:%S.%fZ}"
