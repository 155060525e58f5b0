"""Asking, answering, closing and reopening."""

from __future__ import annotations

from django import forms

from config.days import DayField
from config.long_texts import LongTextField
from studies.questions.threads import LONGEST_TEXT

ROWS = 4


class AskForm(forms.Form):
    """A question to the site."""

    message = LongTextField(
        label="Question", max_length=LONGEST_TEXT, rows=ROWS, help_text="The site sees this text. Readers never do."
    )
    due = DayField(
        label="Answer by",
        required=False,
        help_text="If left empty: two weeks from today.",
    )


class MessageForm(forms.Form):
    """An answer, or why a question is opened again."""

    message = LongTextField(max_length=LONGEST_TEXT, rows=ROWS)


class CloseQuestionForm(forms.Form):
    """An optional closing remark."""

    message = LongTextField(label="Closing remark", required=False, max_length=LONGEST_TEXT, rows=ROWS)
