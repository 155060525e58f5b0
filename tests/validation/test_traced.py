"""Every requirement is shown by a check of some stage, or has a procedure for the owner with its reason."""

from __future__ import annotations

from validation import pq
from validation.iq import all_checks as iq
from validation.oq import all_checks as oq
from validation.requirements import requirements
from validation.traced import checked_numbers

BY_PROCEDURE_ALONE = ["R-38", "R-41", "R-47", "R-48", "R-57"]


def test_every_requirement_has_a_check_or_a_procedure_with_its_reason() -> None:
    checked = checked_numbers()
    without = [one for one in requirements().values() if one.number not in checked]
    assert [one.number for one in without] == BY_PROCEDURE_ALONE
    assert all(one.why and one.procedure for one in without)
    assert checked <= requirements().keys()


def test_every_check_has_a_name_of_its_own_and_says_what_it_does_and_expects() -> None:
    checks = [*iq.CHECKS, *oq.CHECKS, *pq.CHECKS]
    assert len({one.name for one in checks}) == len(checks)
    for one in checks:
        assert one.does.endswith(".")
        assert one.expects
        assert one.requirements
