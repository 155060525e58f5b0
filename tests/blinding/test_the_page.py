"""docs/blinding.md says what the tables in the code say."""

from __future__ import annotations

import itertools

from accounts.hidden import (
    EXCEPTIONS,
    LIFTS,
    ORDER_KNOWN,
    OTHERWISE,
    PRESENTATIONS,
    HidingState,
    Secret,
    Sight,
    seen_in,
    sight,
)
from accounts.roles import ROLE_NAMES, Role
from reading.border import FORBIDDEN_FAMILIES, FORBIDDEN_TABLES
from reading.issuing import presentations
from tests.blinding.planted import LEAKS
from tests.blinding.test_planted_leaks import DOC

MARKS = {Sight.HIDDEN: "", Sight.SEEN: "sees"}


def page() -> str:
    """The page as it stands."""
    return DOC.read_text(encoding="utf-8")


def hidden_table() -> str:
    """Who sees what, as the frozen table gives it; an empty cell is hidden."""
    roles = [role for role in Role if role != Role.SYSTEM]
    lines = ["| | " + " | ".join(ROLE_NAMES[role].lower() for role in roles) + " |", "|---" * (len(roles) + 1) + "|"]
    for secret in Secret:
        cells = [MARKS.get(seen := sight(secret, role), seen.value) for role in roles]
        lines.append(f"| {secret} | {' | '.join(cells)} |")
    return "\n".join(lines)


def states_table() -> str:
    """What presentation and state change."""
    lines = ["| who | what | presentation | " + " | ".join(HidingState) + " |", "|---" * (3 + len(HidingState)) + "|"]
    for secret, role in OTHERWISE:
        for group in groups_of(secret, role):
            cells = [MARKS.get(seen := seen_in(secret, role, group[0], state), seen.value) for state in HidingState]
            where = "every" if len(group) == len(PRESENTATIONS) else ", ".join(f"`{one}`" for one in group)
            lines.append(f"| {ROLE_NAMES[role].lower()} | {secret} | {where} | {' | '.join(cells)} |")
    return "\n".join(lines)


def groups_of(secret: Secret, role: Role) -> list[list[str]]:
    """The presentations with the same cells together; none when presentation and state change nothing."""
    lift = LIFTS.get(sight(secret, role))
    if lift is None:
        return []
    within = [one for one in PRESENTATIONS if one in lift.presentations]
    return [group for group in (within, [one for one in PRESENTATIONS if one not in within]) if group]


def exceptions_table() -> str:
    """Every declared exception."""
    lines = ["| who | when | learns | because |", "|---|---|---|---|"]
    for one in EXCEPTIONS:
        who = ", ".join(ROLE_NAMES[role].lower() for role in Role if role in one.roles)
        lines.append(f"| {who} | {one.when} | {one.what} | {one.why} |")
    return "\n".join(lines)


def test_the_table_of_what_is_hidden_is_that_of_the_code() -> None:
    assert hidden_table() in page()


def test_what_presentation_and_state_change_is_as_in_the_code_and_nothing_else_changes() -> None:
    assert states_table() in page()
    for secret, role in itertools.product(Secret, [role for role in Role if role != Role.SYSTEM]):
        seen = {seen_in(secret, role, one, state) for one in PRESENTATIONS for state in HidingState}
        assert (len(seen) == 1) == (sight(secret, role) not in LIFTS), (secret, role)


def test_the_presentations_of_the_table_are_those_of_the_charter() -> None:
    assert set(PRESENTATIONS) == set(presentations.PRESENTATIONS)
    assert ORDER_KNOWN == presentations.ORDER_KNOWN


def test_the_declared_exceptions_are_those_of_the_code() -> None:
    assert exceptions_table() in page()


def test_the_forbidden_tables_are_those_of_the_code() -> None:
    named = [f"`{name}`" for name in sorted(FORBIDDEN_TABLES)] + [f"`{name}*`" for name in FORBIDDEN_FAMILIES]
    assert ", ".join(named) in page().replace("\n", " ")


def test_the_planted_leaks_are_those_of_the_tests() -> None:
    section = page().partition("### Planted leaks")[2].partition("\n## ")[0]
    rows = [line.split(" | ")[:2] for line in section.splitlines() if line.endswith(("worlds |", "border |"))]
    assert rows == [[f"| {planted.title}", planted.who] for planted in LEAKS]
