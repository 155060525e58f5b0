"""Any two custodians open an arm; one alone, or the right two with anything exchanged, open none."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from itertools import combinations, product

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from studies.arms.custodian.custodian import SUITE, context, raw
from studies.arms.sealing import PADDED_BYTES, is_share, open_arm, seal_arm, share_of_pair

BOUND = {"trial": "RA-1", "subject": "S-0001", "version": 1}


def sealed_to(keys: Sequence[X25519PrivateKey], arm: str = "Placebo") -> dict[str, dict[str, str]]:
    return seal_arm(arm, [raw(key.public_key()) for key in keys], trial="RA-1", subject="S-0001", version=1)


def share(sealed: dict[str, dict[str, str]], key: X25519PrivateKey, place: int) -> bytes:
    info = context("RA-1", "S-0001", 1, f"share {place}")
    return SUITE.decrypt(base64.b64decode(sealed["shares"][str(place)]), key, info=info)


@pytest.mark.parametrize("count", [2, 3])
def test_any_two_custodians_open_the_arm(count: int) -> None:
    keys = [X25519PrivateKey.generate() for _ in range(count)]
    sealed = sealed_to(keys, "Tocilizumab 8 mg/kg, Grüße")
    for pair in combinations(range(1, count + 1), 2):
        given = {place: share(sealed, keys[place - 1], place) for place in pair}
        assert open_arm(sealed, given, trial="RA-1", subject="S-0001", version=1) == "Tocilizumab 8 mg/kg, Grüße"


def test_one_custodian_alone_opens_nothing_whatever_he_tries() -> None:
    keys = [X25519PrivateKey.generate() for _ in range(3)]
    sealed = sealed_to(keys)
    own = share(sealed, keys[0], 1)
    mine = [share_of_pair(own, 1, pair, 3) for pair in ((1, 2), (1, 3))]
    tries = [*mine, bytes(32), b"\xff" * 32, *(base64.b64decode(text)[:32] for text in sealed["shares"].values())]
    for first, second, place in product(tries, tries, (2, 3)):
        with pytest.raises(InvalidTag):
            open_arm(sealed, {1: first * 2, place: second * 2}, trial="RA-1", subject="S-0001", version=1)
    for other in (2, 3):
        with pytest.raises(InvalidTag):
            share(sealed, keys[0], other)


@pytest.mark.parametrize("moved", [{"trial": "RA-2"}, {"subject": "S-0002"}, {"version": 2}])
def test_a_value_opens_for_no_other_trial_subject_or_version(moved: dict[str, object]) -> None:
    keys = [X25519PrivateKey.generate() for _ in range(2)]
    sealed = sealed_to(keys)
    given = {place: share(sealed, keys[place - 1], place) for place in (1, 2)}
    bound = BOUND | moved
    with pytest.raises(InvalidTag):
        open_arm(sealed, given, **bound)  # type: ignore[arg-type]
    assert not is_share(sealed, 1, given[1], **bound)  # type: ignore[arg-type]
    assert is_share(sealed, 1, given[1], **BOUND)  # type: ignore[arg-type]
    assert not is_share(sealed, 2, given[1], **BOUND)  # type: ignore[arg-type]


def test_every_sealed_arm_has_one_length_and_equal_arms_look_different() -> None:
    keys = [X25519PrivateKey.generate() for _ in range(3)]
    sealed = [sealed_to(keys, arm) for arm in ("A", "A", "Tocilizumab 8 mg/kg " * 5)]
    assert {len(json.dumps(one)) for one in sealed} == {len(json.dumps(sealed[0]))}
    assert len({one["values"]["1-2"] for one in sealed}) == 3
    assert len(base64.b64decode(sealed[0]["values"]["1-2"])) == 12 + PADDED_BYTES + 16
