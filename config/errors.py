"""The three ways a request can be refused; a leaf that imports nothing of ours.

Mapped to answers once, in config.refusals: bad input 400, not allowed 403, wrong state 409.
"""

from __future__ import annotations


class Refusal(Exception):
    """A request that was understood but cannot be carried out; its text is shown to the person."""


class BadInput(Refusal):
    """Input that cannot be accepted. The message names the thing, the value given and what is allowed.

    `field` is the form field beside which the message is shown; without one it is shown above the form.
    """

    def __init__(self, message: str, value: object = None, allowed: str = "", *, field: str = "") -> None:
        super().__init__(f"{message}: {value!r} was given; allowed: {allowed}" if allowed else message)
        self.field, self.allowed = field or message.replace(" ", "_"), allowed


class WrongState(Refusal):
    """The thing exists and the person may act on it, but not in its present state. The message says both."""

    def __init__(self, message: str, state: str = "", allowed: str = "") -> None:
        super().__init__(f"{message} is {state}; this needs {allowed}" if allowed else message)


class NotAllowed(Refusal):
    """The person may not do it: the role does not permit the action, a verb and its object, or for the reason given."""

    def __init__(self, action: str = "", *, message: str = "") -> None:
        super().__init__(message or f"Your role does not allow you to {action}.")
