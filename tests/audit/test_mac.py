"""The numbered keys that authenticate events: a rotation, and who goes on with a retired key."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Event
from audit.verify import verify
from config.env import BadSetting, numbered_keys
from tests.audit.conftest import RecordEvent
from tests.audit.test_verify import found

pytestmark = pytest.mark.django_db(transaction=True)


def test_after_a_rotation_old_events_verify_and_new_ones_carry_the_new_key(
    record_event: RecordEvent, settings: Any
) -> None:
    record_event()
    settings.AUDIT_MAC_KEYS = settings.AUDIT_MAC_KEYS | {2: b"2" * 32}
    record_event()
    assert verify().intact
    assert list(Event.objects.order_by("seq").values_list("mac_key", flat=True)) == [1, 2]


def test_an_event_made_with_a_retired_key_after_its_rotation_is_found(record_event: RecordEvent, settings: Any) -> None:
    first = settings.AUDIT_MAC_KEYS
    settings.AUDIT_MAC_KEYS = first | {2: b"2" * 32}
    record_event()
    settings.AUDIT_MAC_KEYS = first
    record_event()
    settings.AUDIT_MAC_KEYS = first | {2: b"2" * 32}
    assert [fault for fault, _ in found()] == ["retired key"]


@pytest.mark.parametrize("text", ["", "1:ab", "0:" + "ab" * 32, "one:" + "ab" * 32, ",".join(["1:" + "ab" * 32] * 2)])
def test_a_list_of_keys_that_cannot_be_used_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadSetting, match="AUDIT_MAC_KEYS"):
        numbered_keys("AUDIT_MAC_KEYS", text)
