"""A check of the operation goes red when what it checks is broken."""

from __future__ import annotations

from typing import cast

import pytest

from studies.models import Trial
from tests.protection import lift
from tests.tracking import record_rows
from validation.checks import FAILED, PASSED, Check, CheckResult, run_check
from validation.oq import trail
from validation.oq.world import CheckedTrial

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


def test_a_missing_kind_of_entry_fails_the_check_of_the_steps(trial: Trial) -> None:
    result = result_of(trail.steps_of_the_work)
    assert result.outcome == FAILED
    assert "no entry reading.step.signed" in result.seen
