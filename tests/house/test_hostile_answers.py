"""What hostile input is answered: a sentence that names the field and nothing is changed, or it is kept as typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django import forms
from django.urls import get_resolver
from django.utils import timezone

from config.days import DayField
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import ItemNote, ItemScore, Read
from reading.room.cells import instrument_of, timepoints_of
from reading.room.sessions import open_read
from studies.models import ConsentWithdrawal, Subject, Trial
from tests.blinding.asking import WorldAnswer, WorldRequest, ask, browser
from tests.blinding.scripts import JSON
from tests.house.hostile import refusals_in, written
from tests.once_per_file import Once
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, serve_films

pytestmark = pytest.mark.django_db
MOMENT = "Give a time such as 2026-01-31T12:00:00.000Z."
OP_ID = "Give 1 to 40 letters, digits, hyphens and underscores."
DEEP: Any = json.loads("[" * 400 + "]" * 400)
# One field of one entry, and the sentence that refuses it.
ENTRIES: list[tuple[str, Any, str]] = [
    (
        "captured_at",
        "0001-01-01T00:00:00.000+14:00",
        f"captured_at cannot be “0001-01-01T00:00:00.000+14:00”. {MOMENT}",
    ),
    (
        "captured_at",
        "9999-12-31T23:59:59.999-14:00",
        f"captured_at cannot be “9999-12-31T23:59:59.999-14:00”. {MOMENT}",
    ),
    ("captured_at", "2026-01-31T12:00:00", f"captured_at cannot be “2026-01-31T12:00:00”. {MOMENT}"),
    ("seen_at", "0001-01-01T00:00:00Z", f"seen_at cannot be “0001-01-01T00:00:00Z”. {MOMENT}"),
    ("seen_at", [[]], f"seen_at cannot be “[[]]”. {MOMENT}"),
    ("op_id", "", f"op_id cannot be nothing. {OP_ID}"),
    ("op_id", None, f"op_id cannot be nothing. {OP_ID}"),
    ("op_id", "a\u200bb", f"op_id cannot be “a\u200bb”. {OP_ID}"),
    ("op_id", "\ud800", "The field op_id contains the character U+D800, which cannot be stored."),
    ("item", "a\x00b", "The field item contains the character U+0000, which cannot be stored."),
    ("timepoint", 7, "timepoint cannot be “7”. Give text."),
    ("value", 1e308, "value cannot be “1e+308”. Give a whole number from 0 to 100."),
    ("value", True, "value cannot be “true”. Give a whole number from 0 to 100."),
    ("value", 10**400, "Give a whole number from 0 to 100."),
    ("value", DEEP, "nested more than 20 levels deep."),
    ("base_revision", -1, "base_revision cannot be “-1”. Give a whole number from 0 to 1000000."),
    ("reason", [], "reason cannot be “[]”. Give text."),
    ("reason", "\u202egnp", "cannot be “\u202egnp”. Choose"),
    ("change_reason", {}, "change_reason cannot be “{}”. Give text."),
    ("change_note", ["x"], 'change_note cannot be “["x"]”. Give text.'),
    ("resolves", 5, "resolves cannot be “5”. Give text."),
]
NOTES: list[tuple[str, Any, str]] = [
    ("op_id", "", f"op_id cannot be nothing. {OP_ID}"),
    ("flag", "no", "flag cannot be “no”. Give true or false."),
    ("comment", {"a": "\udfff"}, "The field a contains the character U+DFFF, which cannot be stored."),
    ("comment", 0, "comment cannot be “0”. Give text."),
]
BODIES = {
    "[" * 100_000: "not JSON that can be read",
    '{"ops": [NaN]}': "not JSON that can be read",
    '"\\ud800"': "The request contains the character U+D800",
    '{"a\\u0000": 1}': "The request contains the character U+0000",
    "null": "list of objects under “ops”",
}


@pytest.fixture(scope="module")
def prepared(once: Once) -> tuple[BuiltTrial, Read]:
    """A read that its reader has opened."""

    def build() -> tuple[BuiltTrial, Read]:
        made = build_reading_trial(subjects=1, visits=("W00", "W24"))
        readers = [made.people["reader"], made.people["reader.two"]]
        campaign, actor = open_campaign_of(made), made.actor("coordinator")
        request_batch(campaign=campaign, actor=actor, name="one", due_on=None, readers=readers, size=1)
        run_due_jobs()
        read = Read.objects.get(reader=made.people["reader"])
        open_read(read=read, actor=made.actor("reader"))
        serve_films(read, timepoints_of(read.steps.get()))
        return made, read

    return once(build)


@pytest.fixture
def built_trial(prepared: tuple[BuiltTrial, Read], db: None) -> BuiltTrial:
    return deepcopy(prepared[0])


@pytest.fixture
def read(prepared: tuple[BuiltTrial, Read]) -> Read:
    return deepcopy(prepared[1])


def asked(built_trial: BuiltTrial, who: str, path: str, data: Any, *, as_json: bool = False) -> WorldAnswer:
    """A form or a JSON body that this person sends; a refusal changes nothing."""
    body = data if isinstance(data, str) or not as_json else json.dumps(data)
    step = WorldRequest("", path, "post", body, JSON if as_json else {})
    answer = ask(browser(built_trial.people[who]), step)
    assert answer.status < 400 or written(step, answer) == [], (path, data)
    return answer


def entry(read: Read) -> dict[str, Any]:
    """A value for the first cell, and the fields of a note on it."""
    timepoint, item = timepoints_of(read.steps.get())[0], instrument_of(read).items[0]
    now = timezone.now().isoformat()
    whole = {"op_id": "one", "timepoint": timepoint.token, "item": item.key, "value": 0, "reason": "", "entry": "key"}
    return whole | {"base_revision": 0, "captured_at": now, "seen_at": now}


def refused(answer: WorldAnswer, says: str) -> bool:
    """Whether the answer is 400 with that sentence."""
    return answer.status == 400 and any(says in said for said in refusals_in(answer))


def test_an_entry_with_a_hostile_field_is_refused_by_the_name_of_the_field(built_trial: BuiltTrial, read: Read) -> None:
    for name, value, says in ENTRIES:
        sent = {"ops": [entry(read) | {name: value}]}
        answer = asked(built_trial, "reader", f"/read/{read.token}/values", sent, as_json=True)
        assert refused(answer, says), (name, value, answer.status, refusals_in(answer))
    assert not ItemScore.objects.exists()


def test_a_note_with_a_hostile_field_is_refused_by_the_name_of_the_field(built_trial: BuiltTrial, read: Read) -> None:
    note = {name: entry(read)[name] for name in ("op_id", "timepoint", "item")} | {"flag": True, "comment": ""}
    for name, value, says in NOTES:
        answer = asked(built_trial, "reader", f"/read/{read.token}/notes", note | {name: value}, as_json=True)
        assert refused(answer, says), (name, value, answer.status, refusals_in(answer))
    assert not ItemNote.objects.exists()


def test_a_body_that_is_no_entry_is_refused(built_trial: BuiltTrial, read: Read) -> None:
    for body, says in BODIES.items():
        answer = asked(built_trial, "reader", f"/read/{read.token}/values", body, as_json=True)
        assert refused(answer, says), (body[:20], answer.status, refusals_in(answer))


def test_characters_that_turn_or_hide_text_are_kept_in_a_comment_as_typed(built_trial: BuiltTrial, read: Read) -> None:
    note = {name: entry(read)[name] for name in ("op_id", "timepoint", "item")}
    typed = "\u202eerosion\u200b 2 mm"
    sent = note | {"flag": False, "comment": typed}
    assert asked(built_trial, "reader", f"/read/{read.token}/notes", sent, as_json=True).status == 200
    assert ItemNote.objects.get().comment == typed


def test_the_first_and_the_last_allowed_year_are_kept(built_trial: BuiltTrial, read: Read) -> None:
    times = {"captured_at": "1900-01-01T00:00:00Z", "seen_at": "2199-12-31T00:00:00Z"}
    sent = {"ops": [entry(read) | times]}
    assert asked(built_trial, "reader", f"/read/{read.token}/values", sent, as_json=True).status == 200
    kept = ItemScore.objects.get()
    assert (kept.captured_at.year, kept.captured_plausible) == (1900, False)


def every_form(kind: type[Any] = forms.BaseForm) -> Iterator[type[Any]]:
    """Every form of the product."""
    for form in kind.__subclasses__():
        yield form
        yield from every_form(form)


def test_every_date_of_every_form_is_between_1900_and_2199() -> None:
    assert get_resolver().url_patterns  # every view and with it every form is loaded
    own: list[type[Any]] = [form for form in every_form() if not form.__module__.startswith("django")]
    dates = [
        (form, name, given)
        for form in own
        for name, given in getattr(form, "base_fields", {}).items()
        if isinstance(given, forms.DateField | forms.DateTimeField)
    ]
    assert [(form, name) for form, name, given in dates if not isinstance(given, DayField)] == []
    assert len(dates) >= 12
    for day in (date.min, date.max):
        with pytest.raises(forms.ValidationError, match="Enter a date between 1900 and 2199."):
            DayField().clean(day.isoformat())


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_form_with_an_impossible_year_is_shown_again_with_the_reason(built_trial: BuiltTrial, day: str) -> None:
    typed = {"subject": built_trial.subjects[0].pk, "withdrawn_on": day, "statement": "all"}
    answer = asked(built_trial, "coordinator", "/trials/TWO/consent/", typed)
    assert refused(answer, "Enter a date between 1900 and 2199.")
    assert not ConsentWithdrawal.objects.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_filter_with_an_impossible_year_is_refused_by_the_name_of_its_column(
    built_trial: BuiltTrial, day: str
) -> None:
    step = WorldRequest("", f"/trials/TWO/films/?received-from={day}")
    answer = ask(browser(built_trial.people["coordinator"]), step)
    assert refused(answer, f"Received cannot be “{day}”. Enter a date such as 2026-01-31, between 1900 and 2199.")


NAMES = {
    "/you/": ("name", "The name "),
    "/trials/TWO/set-up/subjects/": ("subject", "The subject code "),
}


@pytest.mark.parametrize("path", NAMES)
def test_a_name_that_deceives_is_refused_next_to_its_field(built_trial: BuiltTrial, path: str) -> None:
    """It turns the text, hides a character, imitates a letter or is drawn in another form."""
    name, thing = NAMES[path]
    for typed in ("\u202eX1", "X\u200b1", "X\u04301", "\uff211"):
        answer = asked(built_trial, "coordinator", path, {name: typed, "site": built_trial.subjects[0].site.code})
        assert refused(answer, thing), (typed, answer.status, refusals_in(answer))
        assert f'id="id_{name}_error"' in answer.body.decode()


def test_a_name_that_looks_like_that_of_another_person_is_refused(built_trial: BuiltTrial) -> None:
    other = built_trial.people["lead"]
    other.name = "Coco Bay"
    other.save(update_fields=["name"])
    answer = asked(built_trial, "coordinator", "/you/", {"name": "\u0421\u043e\u0441\u043e \u0412\u0430\u0443"})
    assert refused(answer, "looks like “Coco Bay”")


@pytest.mark.parametrize(("field", "place"), [("title", "The field title"), ("sponsor", "The field sponsor")])
def test_a_form_with_half_a_character_is_refused_by_the_name_of_the_field(
    built_trial: BuiltTrial, field: str, place: str
) -> None:
    """A browser sends U+0000 as it is; half of a pair cannot be written in a form."""
    typed = {"trial_code": "NEW", "title": "New", "sponsor": "", field: "a\x00b"}
    answer = asked(built_trial, "coordinator", "/trials/new/", typed)
    assert refused(answer, f"{place} contains the character U+0000, which cannot be stored.")
    assert (Trial.objects.count(), Subject.objects.count()) == (1, 1)
