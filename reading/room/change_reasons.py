"""The reason for changing a value after its first signature: one from a fixed list and a text, both required."""

from __future__ import annotations

from typing import Any

from config.errors import BadInput
from config.wording import either, quoted
from reading.models import DisplayedTimepoint

CHANGE_REASONS = {
    "typing-error": "A wrong key was pressed",
    "wrong-joint": "The value belongs to another joint",
    "wrong-timepoint": "The value belongs to another timepoint",
    "overlooked": "Something on the film was overlooked",
    "judged-again": "The joint was judged again",
    "other": "Another reason, given in the text",
}
NOTE_AT_MOST = 300


def kept_note(text: str) -> str:
    """The text with single spaces and without invisible characters; empty if nothing is left.

    >>> kept_note(" seen\\u200b  again "), kept_note("\\u200b \\t")
    ('seen again', '')
    """
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def demand_change_reason(reason: str, note: str) -> None:
    """BadInput unless the reason is on the list and the text is not empty."""
    if reason not in CHANGE_REASONS:
        given = f" It cannot be {quoted(reason)}." if reason else ""
        text = f"This read was signed before, so a changed value needs a reason.{given}"
        raise BadInput(f"{text} Choose {either(map(quoted, CHANGE_REASONS.values()))}.", field="change_reason")
    length = len(kept_note(note))
    if not length:
        text = "This read was signed before. Say in a few words why you are changing the value."
        raise BadInput(text, field="change_note")
    if length > NOTE_AT_MOST:
        text = f"The text has {length} characters. At most {NOTE_AT_MOST} are kept."
        raise BadInput(f"{text} Shorten the reason for the changed value.", field="change_note")


def kept_change(timepoint: DisplayedTimepoint, reason: str, note: str) -> dict[str, Any]:
    """The fields of a revision with its reason; before the first signature no reason is stored."""
    text = kept_note(note)
    if not timepoint.signed_before or reason not in CHANGE_REASONS or not 0 < len(text) <= NOTE_AT_MOST:
        return {"after_signature": timepoint.signed_before}
    return {"after_signature": True, "change_reason": reason, "change_note": text}
