"""The scopes of tokens. Each is one action of the table of roles: no token permits more than a role.

Reading roles use no tokens, so they have no scopes, regardless of the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.roles import READING_ROLES, ROLE_NAMES, Action, Role, allows
from config.errors import BadInput
from config.wording import either, quoted


@dataclass(frozen=True)
class Scope:
    """A scope in words, and the action that a role must permit."""

    label: str
    action: Action


SCOPES: dict[str, Scope] = {
    "plan:read": Scope("Read sites, planned visits, subjects and visits", Action.SEE_COMPLETENESS),
    "plan:write": Scope(
        "Add sites, planned visits, subjects and visits, and record visits and films that are no longer expected",
        Action.SET_UP_TRIAL,
    ),
    "films:read": Scope("Read films and deliveries", Action.CHECK_FILMS),
    "questions:read": Scope("Read questions to sites", Action.ASK_QUESTIONS),
    "completeness:read": Scope("Read completeness and deviations", Action.SEE_COMPLETENESS),
    "campaigns:read": Scope("Follow campaigns", Action.SEE_PROGRESS),
    "datasets:read": Scope("Read datasets, locks and transfers, download locked datasets", Action.DOWNLOAD_DATASET),
    "audit:read": Scope("Read the audit trail", Action.SEE_AUDIT),
}


def scopes_of(role: str) -> list[str]:
    """Every scope that a token of this role can have."""
    if role in READING_ROLES or not allows(role, Action.USE_TOKENS):
        return []
    return [name for name, scope in SCOPES.items() if allows(role, scope.action)]


def checked_scopes(role: str, wanted: Iterable[str]) -> list[str]:
    """The scopes in the order of the table; BadInput for none, and for one that the role does not permit."""
    chosen, possible = list(wanted), scopes_of(role)
    allowed = f"Choose {either(possible)}."
    if not chosen:
        raise BadInput(f"The token has no scope. {allowed}", field="scopes")
    for name in chosen:
        if name not in possible:
            role_name = ROLE_NAMES[Role(role)].lower()
            raise BadInput(
                f"A token of the role {role_name} cannot have the scope {quoted(name)}. {allowed}", field="scopes"
            )
    return [name for name in possible if name in chosen]
