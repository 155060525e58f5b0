"""A check of the operation goes red when what it checks is broken."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from rehearsal.whole.planning import Play
from studies.models import Trial
from tests.protection import lift
from tests.tracking import record_rows
from validation.checks import FAILED, PASSED, Check, CheckResult, run_check
from validation.oq import access, trail
from validation.oq.all_checks import run_oq
from validation.oq.world import CheckedTrial, Logged

pytestmark = pytest.mark.django_db


def result_of(check: Check[CheckedTrial]) -> CheckResult:
    """The result of a check that needs nothing of the small trial."""
    return run_check(check, cast(CheckedTrial, None))


@pytest.fixture
def trial() -> Trial:
    """A trial that an event records."""
    trial = Trial.objects.create(code="TRIAL", title="A trial")
    record_rows("TRIAL", [trial])
    return trial


def test_an_altered_record_fails_the_check_that_everything_is_recorded(trial: Trial) -> None:
    assert result_of(trail.everything_is_recorded).outcome == PASSED
    Trial.objects.filter(pk=trial.pk).update(title="Another")
    result = result_of(trail.everything_is_recorded)
    assert (result.outcome, result.requirements) == (FAILED, ("R-01", "R-35"))
    assert f"studies_trial {trial.pk}" in result.seen


def test_a_trigger_that_is_gone_fails_the_checks_of_the_protection(trial: Trial) -> None:
    assert result_of(trail.switching_off_is_noticed).outcome == PASSED
    assert [
        statement for statement in trail.CHANGES if "audit_event" in statement and trail.is_accepted(statement)
    ] == []
    lift()
    assert result_of(trail.switching_off_is_noticed).outcome == FAILED
    result = result_of(trail.records_cannot_be_changed)
    assert result.outcome == FAILED
    assert "accepted: DELETE FROM audit_event" in result.seen


def test_every_address_leads_to_signing_in_and_one_that_answers_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = CheckedTrial(cast(Play, None), tmp_path, Logged())
    result = run_check(access.nothing_without_signing_in, world)
    assert result.outcome == PASSED, result.seen
    monkeypatch.setattr(access, "OPEN", access.OPEN - {"password_forgotten"})
    result = run_check(access.nothing_without_signing_in, world)
    assert result.seen == "password_forgotten answered with 200"


@pytest.fixture
def same_logging() -> Iterator[None]:
    """Puts back what the checks change of the logging."""
    root = logging.getLogger()
    level, levels = root.level, {handler: handler.level for handler in root.handlers}
    yield
    root.setLevel(level)
    for handler in list(root.handlers):
        if handler in levels:
            handler.setLevel(levels[handler])
        else:
            root.removeHandler(handler)


def test_a_trial_that_cannot_be_built_ends_the_checks_and_its_result_is_kept(
    trial: Trial, tmp_path: Path, same_logging: None
) -> None:
    """The rehearsal refuses a database that holds another trial."""
    kept: list[CheckResult] = []
    results = run_oq(tmp_path, lambda _: None, kept.append)
    assert [(one.name, one.outcome) for one in results] == [("the trial of the checks", FAILED)]
    assert "This database holds trial TRIAL" in results[0].seen
    assert kept == results


def test_a_missing_kind_of_entry_fails_the_check_of_the_steps(trial: Trial) -> None:
    result = result_of(trail.steps_of_the_work)
    assert result.outcome == FAILED
    assert "no entry reading.step.signed" in result.seen
