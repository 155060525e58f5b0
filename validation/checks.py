"""A check and its result: what was done, the expected and the observed result, and the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.utils import timezone

PASSED, FAILED, NOT_TRIED = "passed", "failed", "not tried"
Tried = TypeVar("Tried")
Say = Callable[[str], object]


class Deviation(Exception):
    """The observed result differs from the expected one; the text gives the observed result."""


class NotTried(Exception):
    """There was nothing to test; the text gives the reason. This is neither a failure nor evidence."""


@dataclass(frozen=True)
class Check(Generic[Tried]):
    """One check. `run` returns the observed result, or raises Deviation if it differs from `expects`."""

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


Keep = Callable[[CheckResult], object]


def check(*numbers: str, name: str, does: str, expects: str) -> Callable[[Callable[[Tried], str]], Check[Tried]]:
    """Makes a check of a function."""

    def made(run: Callable[[Tried], str]) -> Check[Tried]:
        return Check(name, numbers, does, expects, run)

    return made


def run_check(one: Check[Tried], world: Tried) -> CheckResult:
    """Runs one check. Any error is a failure of this check only: the other checks still run."""
    began = timezone.now()
    try:
        seen, outcome = one.run(world), PASSED
    except Deviation as found:
        seen, outcome = str(found), FAILED
    except NotTried as reason:
        seen, outcome = str(reason), NOT_TRIED
    except Exception as error:  # the error that stops a check is its observed result
        seen, outcome = f"The check ended with {type(error).__name__}: {error}", FAILED
    return CheckResult(one.name, one.requirements, one.does, one.expects, seen, outcome, began, timezone.now())


def keep_nothing(_: CheckResult) -> None:
    """Used where the results are not stored one by one."""


def run_checks(checks: Iterable[Check[Tried]], world: Tried, say: Say, keep: Keep = keep_nothing) -> list[CheckResult]:
    """Runs checks in order, stores each result immediately, and reports how each ended."""
    results = []
    for one in checks:
        result = run_check(one, world)
        keep(result)
        say(f"{result.outcome}: {result.name}" + ("" if result.outcome == PASSED else f": {result.seen}"))
        results.append(result)
    return results


def not_run(one: Check[Tried], why: str) -> CheckResult:
    """The result of a check that was not run."""
    now = timezone.now()
    return CheckResult(one.name, one.requirements, one.does, one.expects, why, NOT_TRIED, now, now)


def demand(faults: Iterable[str], seen: str) -> str:
    """The observed result; Deviation with the faults if there are any."""
    found = list(faults)
    if found:
        raise Deviation("; ".join(found))
    return seen
