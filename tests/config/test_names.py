"""A name can be read: no sign is invisible or reverses the text, and no letter imitates one of another alphabet."""

from __future__ import annotations

import pytest

from accounts.people import rename
from config.errors import BadInput
from config.names import demand_readable
from studies.plan.subjects import enrol
from studies.plan.trials import create_trial
from tests.cast import make_user
from tests.studies.planned import SETTING_UP, plan

DECEIVING = {
    "reversed": "Anna \u202eenotS",
    "isolated": "Anna \u2067Stone",
    "zero-width": "An\u200bna Stone",
    "joined": "An\u200dna Stone",
    "soft hyphen": "An\u00adna Stone",
    "filler": "Anna\u3164 Stone",
    "blank": "Anna \u2800Stone",
    "Cyrillic a": "Ann\u0430 Stone",
    "Greek omicron": "Anna St\u03bfne",
    "full width": "\uff21nna Stone",
    "mathematical": "\U0001d400nna Stone",
    "private": "Anna \ue000 Stone",
    "half a pair": "Anna \ud800Stone",
}
READABLE = [
    "Zoë Ågren",
    "O'Brien-Smith",
    "Иван Петров",
    "山田ハナ",
    "김철수",
    "Nikos Παπάς",
    "Phase II – week 24 …",
    "Nº 5",
]


@pytest.mark.parametrize("name", DECEIVING.values(), ids=list(DECEIVING))
def test_no_person_and_no_trial_has_a_name_that_deceives(db: None, name: str) -> None:
    user = make_user("anna@house.example", "Anna Stone")
    with pytest.raises(BadInput):
        rename(user=user, name=name)
    with pytest.raises(BadInput):
        create_trial(code="RA-9", title=name, actor=SETTING_UP)
    user.refresh_from_db()
    assert user.name == "Anna Stone"


@pytest.mark.parametrize("name", READABLE)
def test_names_in_any_alphabet_are_accepted(name: str) -> None:
    assert demand_readable("name", name) == name


def test_a_name_in_letters_of_another_alphabet_does_not_pass_for_that_of_another_person(db: None) -> None:
    make_user("anna@house.example", "Coco Bay")
    other = make_user("other@house.example", "Somebody")
    with pytest.raises(BadInput, match="looks like “Coco Bay”"):
        rename(user=other, name="\u0421\u043e\u0441\u043e \u0412\u0430\u0443")
    rename(user=other, name="Coco Bay")


@pytest.mark.parametrize("code", ["S-\u04301", "S\u200b-1", "\u202eS-1", "S-\uff11", "\u0405-1"])
def test_no_subject_has_a_code_that_deceives(db: None, code: str) -> None:
    ra1 = plan()
    with pytest.raises(BadInput, match="subject code"):
        enrol(trial=ra1.trial, site=ra1.sites[0], code=code, actor=SETTING_UP)
