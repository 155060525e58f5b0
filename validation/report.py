"""The report of one stage: requirements traced to checks and results, deviations, facts, and two signatures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from config.wording import counted
from validation.checks import FAILED, NOT_TRIED, PASSED, CheckResult
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
    """One requirement, the checks of this stage that show it, and the result."""

    requirement: Requirement
    results: tuple[CheckResult, ...]

    @property
    def outcome(self) -> str:
        """Failed if any of its checks failed, and passed only if all of them did."""
        found = {one.outcome for one in self.results}
        for worst in (FAILED, NOT_TRIED, PASSED):
            if worst in found:
                return worst
        return BY_HAND if self.requirement.procedure else ELSEWHERE


@dataclass(frozen=True)
class StageReport:
    """The results of one stage."""

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
    def untried(self) -> list[CheckResult]:
        """The checks that had nothing to test, or were not run."""
        return [one for one in self.results if one.outcome == NOT_TRIED]

    @property
    def passed(self) -> bool:
        """Whether no check failed and some passed; a stage without a check has shown nothing."""
        return any(one.outcome == PASSED for one in self.results) and not self.deviations

    @property
    def verdict(self) -> str:
        """The result in words, with the number of the checks that were not tried."""
        failed = f"NOT PASSED: {len(self.deviations)} of {counted(len(self.results), 'check')} failed"
        return ("passed" if self.passed else failed) + (f"; not tried: {len(self.untried)}" if self.untried else "")

    def traced(self) -> list[Traced]:
        """Every requirement with the checks that show it."""
        return [Traced(one, tuple(showing(one.number, self.results))) for one in requirements().values()]


def showing(number: str, results: Iterable[CheckResult]) -> list[CheckResult]:
    """The results that concern a requirement."""
    return [one for one in results if number in one.requirements]


def as_json(report: StageReport) -> str:
    """The whole report in machine-readable form."""
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
        "not tried": [one.name for one in report.untried],
        "signatures": [],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def when(time: Any) -> str:
    """A time as text."""
    return f"{time:%Y-%m-%dT%H:%M:%S.%fZ}"
