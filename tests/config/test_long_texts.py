"""Texts of several lines are as long as their writer saw them."""

from __future__ import annotations

import pytest
from django import forms

from config.long_texts import LongTextField
from scoring.forms.history import ReviewForm
from studies.forms.desk import QuestionForm
from studies.forms.deviations import EntryForm
from studies.forms.questions import AskForm, CloseQuestionForm, MessageForm

WRITTEN = [
    (AskForm, "message"),
    (CloseQuestionForm, "message"),
    (MessageForm, "message"),
    (QuestionForm, "text"),
    (EntryForm, "description"),
    (ReviewForm, "note"),
]


@pytest.mark.parametrize(("form", "name"), WRITTEN, ids=lambda value: getattr(value, "__name__", value))
def test_the_end_of_a_line_counts_once(form: type[forms.Form], name: str) -> None:
    field = form.base_fields[name]
    assert isinstance(field, LongTextField)
    assert field.clean("left\r\nhand") == "left\nhand"
    if field.max_length:
        full = "x\r\n" * (field.max_length // 2)
        assert len(field.clean(full + "x" * (field.max_length % 2))) <= field.max_length
