"""What other rules would change in a locked analysis.csv: the rows by hand, and nothing that is stored."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from scoring.datasets.locking import confirm_lock, request_lock
from scoring.datasets.unlocking import agree_unlock, ask_unlock
from scoring.models import Lock
from tests.reading.builders import BuiltTrial
from tests.scoring.packages import package_bytes
from tests.scoring.test_analysis_table import MISSING_JOINT, read_and_locked, varied_trial
from tests.scoring.test_event_lists import RESCUE, all_read_and_closed, built, give, rescued_trial

pytestmark = pytest.mark.django_db


def listed(lock: str, *options: str) -> tuple[list[dict[str, str]], str]:
    """The lines and the last sentence of the command."""
    out, err = io.StringIO(), io.StringIO()
    call_command("rule_diff", lock, *options, stdout=out, stderr=err)
    return list(csv.DictReader(io.StringIO(out.getvalue()))), err.getvalue()


def refused(lock: str, *options: str) -> str:
    with pytest.raises(CommandError) as refusal:
        listed(lock, *options)
    return str(refusal.value)


def signed_lock(built_trial: BuiltTrial) -> Lock:
    """The lock of a campaign whose dataset applies a rescue of S000 on day 181."""
    campaign = all_read_and_closed(built_trial)
    give(built_trial, campaign, RESCUE)
    dataset = built(built_trial, campaign)
    request_lock(dataset=dataset, **built_trial.signs("statistician"))
    dataset.refresh_from_db()
    return confirm_lock(dataset=dataset, **built_trial.signs("signer"))


def test_another_missing_rule_changes_the_rows_with_a_missing_joint_and_nothing_stored() -> None:
    """PIP2 missing at W52: paired, the change is 264/23; by visits, 528/23 - 12 = 252/23."""
    built_trial = varied_trial()
    campaign = read_and_locked(built_trial)
    before = Event.objects.count(), package_bytes(campaign.datasets.get())
    rows, said = listed("TWO/C1/1", "--missing-rule", "visit-proportional")
    changes = [row for row in rows if row["column"] in ("chg_exact", "base_exact")]
    assert [tuple(row.values()) for row in changes] == [
        (MISSING_JOINT, "total", "W52", "base_exact", "264/23", "12"),
        (MISSING_JOINT, "total", "W52", "chg_exact", "264/23", "252/23"),
    ]
    assert said.startswith(f"{len({(row['subject'], row['avisit']) for row in rows})} rows differ from lock TWO/C1/1.")
    assert (Event.objects.count(), package_bytes(campaign.datasets.get())) == before
    assert listed("TWO/C1/1", "--missing-rule", "paired-proportional") == ([], "0 rows differ from lock TWO/C1/1.\n")


def test_another_strategy_changes_the_rows_after_the_event_and_a_lock_that_was_opened_again_is_refused() -> None:
    built_trial = rescued_trial()
    lock = signed_lock(built_trial)
    rows, said = listed("TWO/C1/1", "--event-rule", "rescue=observed")
    changes = [tuple(row.values()) for row in rows if row["column"] == "chg"]
    assert changes == [("S000", "total", "W52", "chg", "4.3333", "10.0000")]
    assert said == "1 row differs from lock TWO/C1/1.\n"
    unlock = ask_unlock(lock=lock, **built_trial.signs("statistician"), reason="a joint was overlooked")
    agree_unlock(unlock=unlock, **built_trial.signs("signer"))
    assert refused("TWO/C1/1", "--event-rule", "rescue=observed") == (
        "Lock TWO/C1/1 was unlocked, so its values may have changed. Give a lock that is in force."
    )


def test_what_is_no_lock_or_no_rule_is_refused() -> None:
    assert refused("TWO/C1/1", "--missing-rule", "none").startswith("There is no lock “TWO/C1/1”.")
    assert refused("TWO", "--missing-rule", "none").startswith("There is no lock “TWO”.")
    assert refused("TWO/C1/1") == "No other rule is given. Give --missing-rule, --event-rule or both."
    assert refused("TWO/C1/1", "--event-rule", "rescue=zero").startswith("The event rule cannot be “rescue=zero”.")
    assert refused("TWO/C1/1", "--missing-rule", "zero").startswith("The missing rule cannot be “zero”.")
