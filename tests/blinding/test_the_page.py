"""docs/blinding.md says what the tables in the code say."""

from __future__ import annotations

from accounts.hidden import EXCEPTIONS, Secret, Sight, sight
from accounts.roles import ROLE_NAMES, Role
from reading.border import FORBIDDEN_FAMILIES, FORBIDDEN_TABLES
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


def exceptions_table() -> str:
    """Every declared exception."""
    lines = ["| who | when | learns | because |", "|---|---|---|---|"]
    for one in EXCEPTIONS:
        who = ", ".join(ROLE_NAMES[role].lower() for role in Role if role in one.roles)
        lines.append(f"| {who} | {one.when} | {one.what} | {one.why} |")
    return "\n".join(lines)


def test_the_table_of_what_is_hidden_is_that_of_the_code() -> None:
    assert hidden_table() in page()


def test_the_declared_exceptions_are_those_of_the_code() -> None:
    assert exceptions_table() in page()


def test_the_forbidden_tables_are_those_of_the_code() -> None:
    named = [f"`{name}`" for name in sorted(FORBIDDEN_TABLES)] + [f"`{name}*`" for name in FORBIDDEN_FAMILIES]
    assert ", ".join(named) in page().replace("\n", " ")


def test_the_planted_leaks_are_those_of_the_tests() -> None:
    section = page().partition("### Planted leaks")[2].partition("\n## ")[0]
    rows = [line.split(" | ")[:2] for line in section.splitlines() if line.endswith(("worlds |", "border |"))]
    assert rows == [[f"| {planted.title}", planted.who] for planted in LEAKS]
