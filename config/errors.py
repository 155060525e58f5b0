"""The three ways a request can be refused; a leaf that imports nothing of ours.

Mapped to answers once, in config.refusals: bad input 400, not allowed 403, wrong state 409.
"""

from __future__ import annotations


class Refusal(Exception):
    """A request that was understood and turned down; its text is shown to the person."""


class BadInput(Refusal):
    """Input that cannot be taken: names the thing, the value given and what was allowed."""

    def __init__(self, thing: str, value: object, allowed: str) -> None:
        super().__init__(f"{thing}: {value!r} was given; allowed: {allowed}")
        self.thing, self.value, self.allowed = thing, value, allowed


class WrongState(Refusal):
    """The thing exists and the person may act on it, but not in the state it is in now."""

    def __init__(self, thing: str, state: str, allowed: str) -> None:
        super().__init__(f"{thing} is {state}; this needs {allowed}")
        self.thing, self.state, self.allowed = thing, state, allowed


class NotAllowed(Refusal):
    """The person's role does not permit the action."""

    def __init__(self, action: str) -> None:
        super().__init__(f"your role does not permit this: {action}")
        self.action = action
