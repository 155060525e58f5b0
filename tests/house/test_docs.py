"""The docs say what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import models

from accounts.roles import ALLOWED, ROLE_NAMES, Action, Role
from reading.models import Case, DisplayedTimepoint, Read
from scoring.management.commands.endpoint import Command as Endpoint
from studies.models import Film, Site, Subject, Visit

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def roles_table() -> str:
    """The table of docs/roles.md as the frozen table gives it."""
    roles = [role for role in Role if role != Role.SYSTEM]
    head = "| | " + " | ".join(ROLE_NAMES[role].lower() for role in roles) + " |"
    lines = [head, "|---" * (len(roles) + 1) + "|"]
    for action in Action:
        lines.append(f"| {action} | " + " | ".join("x" if action in ALLOWED[role] else "" for role in roles) + " |")
    return "\n".join(lines)


def test_the_roles_page_is_the_frozen_table() -> None:
    assert roles_table() in (DOCS / "roles.md").read_text(encoding="utf-8")


def reachable(model: type[models.Model]) -> set[type]:
    """Every table that foreign keys lead to from a table."""
    found: set[type] = set()
    ahead: list[Any] = [model]
    while ahead:
        for field in ahead.pop()._meta.get_fields():
            target = field.related_model if field.many_to_one or (field.one_to_one and field.concrete) else None
            if target is not None and target not in found:
                found.add(target)
                ahead.append(target)
    return found


def test_no_path_of_foreign_keys_leads_from_the_blind_side_to_an_identity() -> None:
    for start in (Case, Read, DisplayedTimepoint):
        assert not reachable(start) & {Subject, Visit, Site, Film}, start


def test_every_decision_is_one_page_with_a_number_of_its_own() -> None:
    files = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in files]
    assert len(set(numbers)) == len(numbers)
    for path in files:
        assert re.match(r"\d{4}-[a-z0-9-]+\.md$", path.name)
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 80, path.name


def test_every_test_the_validation_page_names_exists() -> None:
    page = (DOCS / "validation.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", page)
    assert len(named) > 30
    missing = [
        f"{file}::{test}"
        for file, test in named
        if f"def {test}(" not in (DOCS.parent / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_the_statisticians_guide_explains_every_option_of_the_report_and_no_other() -> None:
    parser = CommandParser(add_help=False)
    Endpoint().add_arguments(parser)
    options = {option for action in parser._actions for option in action.option_strings}
    guide = (DOCS / "statisticians-guide.md").read_text(encoding="utf-8")
    recorded = set(
        re.findall(r"--[a-z][a-z0-9-]*", guide.partition("## The report by arm")[2].partition("## Other commands")[0])
    )
    assert recorded == options
