"""The three ways in which a request can be refused; imports nothing of ours.

Mapped to responses once, in config.refusals: bad input 400, not allowed 403, wrong state 409.
"""

from __future__ import annotations


class Refusal(Exception):
    """A request that was understood but cannot be carried out; its text is shown to the person."""


class BadInput(Refusal):
    """Input that cannot be accepted. The message gives the item, the value given and what is allowed.

    `field` is the form field next to which the message is shown; without one it is shown above the form.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class WrongState(Refusal):
    """The item exists and the person may act on it, but not in its current state. The message gives both."""


class NotAllowed(Refusal):
    """The role does not permit the action (a verb and its object), or the message gives another reason."""

    def __init__(self, action: str = "", *, message: str = "") -> None:
        super().__init__(message or f"Your role does not allow you to {action}.")
