"""A check and its result: what was done, what was expected, what was seen, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.utils import timezone

PASSED, FAILED = "passed", "failed"
Tried = TypeVar("Tried")
Say = Callable[[str], object]


class Deviation(Exception):
    """What was seen is not what was expected; the text says what was seen."""


@dataclass(frozen=True)
class Check(Generic[Tried]):
    """One check. `run` returns what was seen, and raises Deviation when that is not what `expects` says."""

    name: str
    requirements: tuple[str, ...]
    does: str
    expects: str
    run: Callable[[Tried], str]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check."""

    name: str
    requirements: tuple[str, ...]
    does: str
    expects: str
    seen: str
    outcome: str
    began: datetime
    ended: datetime


def check(*numbers: str, name: str, does: str, expects: str) -> Callable[[Callable[[Tried], str]], Check[Tried]]:
    """Makes a check of a function."""

    def made(run: Callable[[Tried], str]) -> Check[Tried]:
        return Check(name, numbers, does, expects, run)

    return made


def run_check(one: Check[Tried], world: Tried) -> CheckResult:
    """Runs one check. An error of any kind is a failure and ends nothing: the other checks still run."""
    began = timezone.now()
    try:
        seen, outcome = one.run(world), PASSED
    except Deviation as found:
        seen, outcome = str(found), FAILED
    except Exception as error:  # what stops a check is what it has seen
        seen, outcome = f"The check ended with {type(error).__name__}: {error}", FAILED
    return CheckResult(one.name, one.requirements, one.does, one.expects, seen, outcome, began, timezone.now())


def run_checks(checks: Iterable[Check[Tried]], world: Tried, say: Say) -> list[CheckResult]:
    """Runs checks in order and says how each ended."""
    results = []
    for one in checks:
        result = run_check(one, world)
        say(f"{result.outcome}: {result.name}" + (f": {result.seen}" if result.outcome == FAILED else ""))
        results.append(result)
    return results


def demand(faults: Iterable[str], seen: str) -> str:
    """What was seen; Deviation with the faults when there are any."""
    found = list(faults)
    if found:
        raise Deviation("; ".join(found))
    return seen
