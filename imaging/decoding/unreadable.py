"""The only exception of this package, and the closed list of its reasons."""

from __future__ import annotations

import re

# Reason code -> outcome. A refused file never becomes a film of the trial; a held one awaits a person or a site.
REASONS: dict[str, str] = {
    "empty-file": "refused",
    "not-a-film": "refused",
    "file-too-large": "refused",
    "bad-structure": "refused",
    "transfer-syntax": "refused",
    "sop-class": "refused",
    "missing-attribute": "refused",
    "bad-attribute": "refused",
    "frames": "refused",
    "image-size": "refused",
    "bits": "refused",
    "photometric": "refused",
    "pixels-missing": "refused",
    "pixels-cut": "refused",
    "pixel-length": "refused",
    "offset-table": "refused",
    "codestream": "refused",
    "damaged-image": "refused",
    "decoder-killed": "refused",
    "unreadable": "refused",
    "colour": "held",
    "for-processing": "held",
    "zip-broken": "refused",
    "zip-entries": "refused",
    "zip-size": "refused",
    "zip-ratio": "refused",
    "zip-name": "refused",
    "zip-entry": "refused",
    "zip-nested": "refused",
}


class Unreadable(Exception):
    """A file that cannot be accepted as it is; the text is a sentence for the person who sent it."""

    def __init__(self, reason_code: str, text: str) -> None:
        super().__init__(text)
        self.reason_code, self.text = reason_code, text
        self.outcome = REASONS[reason_code]


def shown(value: object) -> str:
    """A value that a reason may quote: numbers and short code words; free text could be a name."""
    if value is None or value == "":
        return "empty"
    text = str(value)
    return (
        text if re.fullmatch(r"[A-Z0-9_.+-]{1,64}|-?[0-9.]+([eE][+-]?\d+)?|nan|-?inf", text) else "an unexpected value"
    )
