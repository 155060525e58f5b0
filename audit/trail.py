"""How a change is told: an actor, an action, what changed and why, appended with the change or not at all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who acts: a person in one role, or a part of the system. The label survives the account."""

    user_id: int | None
    label: str
    role: str

    @classmethod
    def system(cls, name: str) -> Actor:
        """A job, a command or the receiver of films."""
        return cls(user_id=None, label=name, role="system")
