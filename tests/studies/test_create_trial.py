"""The first trial of an installation is created by command."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from studies.models import Trial
from tests.studies.planned import person, roles_of


def test_a_trial_and_its_coordinator_come_together(db: None) -> None:
    user = person("first")
    call_command("create_trial", "RA-9", title="Trial nine", coordinator=user.email.upper())
    assert Trial.objects.get().title == "Trial nine"
    assert roles_of(user) == {Role.COORDINATOR}


@pytest.mark.parametrize(("code", "address"), [("RA-9", "nobody@house.example"), ("RA 9", None)])
def test_without_a_right_code_and_an_account_nothing_is_created(db: None, code: str, address: str | None) -> None:
    with pytest.raises(CommandError):
        call_command("create_trial", code, title="Trial", coordinator=address or person("first").email)
    assert not Trial.objects.exists()
