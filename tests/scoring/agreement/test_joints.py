"""Agreement at every joint, by hand: differences, exact and positive agreement, shares of the difference in change."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.agreement.joints import joint_agreement

NAN = float("nan")
# Six cases of one joint: the first reader, then the second.
STATUS = np.array([[1, 1], [2, 0], [0, 1], [3, 3], [1, 2], [0, 0], [NAN, 1]], dtype=float)[:, :, None]
SHOWN = np.ones(STATUS.shape, dtype=bool)


def test_the_figures_of_a_joint_are_those_of_the_cases_graded_by_both() -> None:
    """Differences 0, 2, 1, 0, 1, 0; both above 0 in three cases, one in two: 2 x 3 / (6 + 2)."""
    (found,) = joint_agreement(STATUS, STATUS, SHOWN)
    assert (found.n, found.nonzero) == (6, 5)
    assert found.difference == pytest.approx(4 / 6)
    assert found.exact == pytest.approx(3 / 6)
    assert found.positive == pytest.approx(6 / 8)
    assert found.not_assessable == pytest.approx(1 / 14)
    assert not found.too_few


def test_damage_in_fewer_than_five_cases_has_no_positive_agreement_and_no_share() -> None:
    (found,) = joint_agreement(STATUS[:5], STATUS[:5], SHOWN[:5])
    assert found.nonzero == 5
    (fewer,) = joint_agreement(STATUS[:4], STATUS[:4], SHOWN[:4])
    assert (fewer.nonzero, fewer.positive, fewer.share) == (4, None, None)
    assert fewer.too_few
    assert fewer.exact == 0.5


def test_shares_add_up_to_one_and_do_not_depend_on_who_is_first() -> None:
    """Item 0 makes d = 1 in each case and item 1 makes d = 2: shares 1/3 and 2/3 of D = 3."""
    change = np.zeros((5, 2, 2))
    change[:, 0] = [1, 2]
    status = change + 1
    found = joint_agreement(status, change, np.ones(status.shape, dtype=bool))
    assert [one.share for one in found] == pytest.approx([1 / 3, 2 / 3])
    swapped = change.copy()
    swapped[::2] = swapped[::2, ::-1]
    assert [one.share for one in joint_agreement(status, swapped, np.ones(status.shape, dtype=bool))] == pytest.approx(
        [1 / 3, 2 / 3]
    )


def test_a_joint_without_a_film_or_without_grades_has_no_figures() -> None:
    empty = np.full((3, 2, 1), NAN)
    (found,) = joint_agreement(empty, empty, np.zeros(empty.shape, dtype=bool))
    assert (found.n, found.difference, found.exact, found.not_assessable) == (0, None, None, None)
    (ungraded,) = joint_agreement(empty, empty, np.ones(empty.shape, dtype=bool))
    assert ungraded.not_assessable == 1
