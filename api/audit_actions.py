"""The audit actions about access tokens; what a program does with one is recorded under the actions of the pages."""

from __future__ import annotations

from accounts.roles import Role
from audit.declared_actions import declare

SEE_TOKENS = frozenset({Role.COORDINATOR, Role.AUDITOR})


def on_token(name: str, label: str, sentence: str) -> None:
    """Declares an action on an access token."""
    declare(name, label=label, sentence=sentence, seen_by=SEE_TOKENS)


on_token("api.token.made", "Access token made", "made access token {label|id}[ for {name}][ ({role})]")
on_token("api.token.collected", "Access token collected", "was shown the text of access token {label|id}")
on_token("api.token.revoked", "Access token revoked", "revoked access token {label|id}[ of {name}]")
