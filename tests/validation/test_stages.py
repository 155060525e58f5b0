"""The stages as a person runs them: long runs, in a private installation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.cast import Cast


def rows() -> dict[str, int]:
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}


@pytest.mark.full
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage", ["oq", "pq"])
def test_a_stage_passes_and_leaves_the_live_database_as_it_was(stage: str, cast: Cast, tmp_path: Path) -> None:
    before = rows()
    call_command("validate", stage, "--out", str(tmp_path))
    (path,) = tmp_path.glob(f"{stage}-*.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["deviations"] == []
    assert report["not tried"] == []
    assert report["passed"] is True
    assert list(tmp_path.glob(f"{stage}-*.pdf"))
    assert rows() == before
