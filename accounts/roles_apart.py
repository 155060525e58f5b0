"""Roles that one person may not hold together in one trial: one frozen table of pairs, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from accounts.roles import READING_ROLES, Role

GRANTABLE = tuple(role for role in Role if role not in (Role.ADMINISTRATOR, Role.SYSTEM))
# Granted by one person and confirmed by another; until then such a role gives no access.
CONFIRMED_ROLES = frozenset({Role.STATISTICIAN, Role.LEAD, Role.SIGNER, Role.CUSTODIAN, Role.AUDITOR})
# The roles that a person may still hold in a trial after seeing its arms.
UNBLINDED_ROLES = frozenset({Role.STATISTICIAN, Role.CUSTODIAN})


@dataclass(frozen=True)
class Apart:
    """Why two roles exclude each other, and whether a former role counts too."""

    reason: str
    formerly: bool = False


UNKNOWN_TO_READERS: dict[Role, str] = {
    Role.SITE: "A site knows its subjects and their dates, and readers must not know them.",
    Role.COORDINATOR: "A coordinator sees subjects, dates and the true order, and readers must not see them.",
    Role.CHECKER: "A quality checker knows whose films they are, and readers must not know that.",
    Role.LEAD: "An imaging lead sees the scores of all readers, and readers must not see them.",
    Role.STATISTICIAN: "A statistician sees scores in their true order, and readers must not see them.",
    Role.SIGNER: "A second signer sees which datasets are locked, and readers must not know that.",
    Role.CUSTODIAN: "A custodian can open the arms, and readers must not know them.",
    Role.SPONSOR: "A sponsor viewer sees the dates of visits, and readers must not see them.",
    Role.AUDITOR: "An auditor sees the audit trail, and readers must not see it.",
}
NOT_COORDINATOR: dict[Role, str] = {
    Role.STATISTICIAN: "A coordinator decides what is read and must not see the scores.",
    Role.LEAD: "A coordinator decides what is read and must not see the scores.",
    Role.SIGNER: "A coordinator must not confirm the lock of the campaign that they ran.",
    Role.CUSTODIAN: "A coordinator must not hold a key to the arms.",
    Role.AUDITOR: "A coordinator must not review the audit trail of their own actions.",
}


def pairs() -> dict[frozenset[Role], Apart]:
    table = {
        frozenset({reading, other}): Apart(reason, formerly=True)
        for reading in READING_ROLES
        for other, reason in UNKNOWN_TO_READERS.items()
    }
    table |= {frozenset({Role.COORDINATOR, other}): Apart(reason) for other, reason in NOT_COORDINATOR.items()}
    table[frozenset({Role.STATISTICIAN, Role.SIGNER})] = Apart("A lock needs two people, and each signs in one role.")
    for alone, reason in (
        (Role.CUSTODIAN, "A custodian holds no other role in the trial, because two of them can open its arms."),
        (Role.AUDITOR, "An auditor holds no other role in the trial, because they review what the others do."),
    ):
        for other in GRANTABLE:
            if other != alone:
                table.setdefault(frozenset({alone, other}), Apart(reason))
    return table


INCOMPATIBLE: Mapping[frozenset[Role], Apart] = MappingProxyType(pairs())


def apart(one: str, other: str) -> Apart | None:
    """The exclusion that applies to the two roles, if any."""
    return INCOMPATIBLE.get(frozenset({Role(one), Role(other)}))


# The minimum staff of a trial, in the order in which people are counted.
NEEDED = (
    Role.COORDINATOR,
    Role.READER,
    Role.READER,
    Role.ADJUDICATOR,
    Role.STATISTICIAN,
    Role.SIGNER,
    Role.AUDITOR,
    Role.CHECKER,
    Role.SITE,
    Role.LEAD,
    Role.SPONSOR,
)
# Two people, for other reasons: nobody adjudicates their own case or confirms a mask that they proposed.
TWO_PEOPLE = frozenset({frozenset({Role.READER, Role.ADJUDICATOR}), frozenset({Role.COORDINATOR, Role.CHECKER})})


def fewest_people(*, with_arms: bool = False) -> list[tuple[Role, ...]]:
    """The smallest group that can hold every role of a trial, as the roles of each person."""
    group: list[tuple[Role, ...]] = []
    for role in (*NEEDED, *((Role.CUSTODIAN, Role.CUSTODIAN) if with_arms else ())):
        place = next((n for n, held in enumerate(group) if fits(role, held)), None)
        if place is None:
            group.append((role,))
        else:
            group[place] += (role,)
    return group


def fits(role: Role, held: Iterable[Role]) -> bool:
    return all(
        role != other and apart(role, other) is None and frozenset({role, other}) not in TWO_PEOPLE for other in held
    )
