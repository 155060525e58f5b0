"""A finding: something about a file that a person at the desk must see before the film is accepted."""

from __future__ import annotations

from typing import Any

Finding = dict[str, Any]
# The findings that need more than a confirmation at the desk.
POLARITY, DATES = "polarity", "dates-contradict"


def finding(code: str, text: str) -> Finding:
    """`code` is stable and used to acknowledge the finding; `text` is a sentence and never quotes free text."""
    return {"code": code, "text": text}


def once(findings: list[Finding]) -> list[Finding]:
    """Each finding once, in the order in which they were made."""
    return list({(one["code"], one["text"]): one for one in findings}.values())
