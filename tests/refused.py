"""What a call is refused with, as the person reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.errors import Refusal


def said(call: Callable[..., object], *arguments: Any, **named: Any) -> str:
    """The text of the refusal that the call must end with."""
    with pytest.raises(Refusal) as refusal:
        call(*arguments, **named)
    return str(refusal.value)
