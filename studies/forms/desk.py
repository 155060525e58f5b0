"""The forms of the QC desk; the domain functions decide on what is entered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms

from config.days import DayField
from config.errors import BadInput
from config.long_texts import LongTextField
from config.wording import quoted
from imaging.decoding.findings import DATES
from studies.desk.rectangles import NOT_FOUR, PARTS
from studies.desk.verdicts import QuestionReason, RejectReason, WithdrawReason
from studies.models import Film, Visit
from studies.models.film import SIDES, VIEWS
from studies.plan.consent import of_consenting
from studies.questions.threads import LONGEST_TEXT

POLARITIES = [("0", "As it is"), ("1", "Inverted")]


class AcceptForm(forms.Form):
    """The four facts as seen by the person. Side and view start empty, so that nobody copies the declaration."""

    side = forms.ChoiceField(choices=SIDES, widget=forms.RadioSelect)
    view = forms.ChoiceField(choices=VIEWS, widget=forms.RadioSelect)
    film_date = DayField()
    spacing_mm = forms.FloatField(required=False, widget=forms.NumberInput(attrs={"step": "any"}))
    no_scale = forms.BooleanField(required=False)
    visit = forms.ModelChoiceField(Visit.objects.none())
    acknowledged = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(required=False, max_length=500)
    side_confirmed = forms.BooleanField(required=False)
    designate = forms.BooleanField(required=False)
    inverted = forms.TypedChoiceField(
        choices=POLARITIES, coerce=lambda value: value == "1", empty_value=None, required=False
    )

    def __init__(self, film: Film, data: Any = None) -> None:
        initial = {"film_date": film.film_date, "spacing_mm": film.spacing_mm, "visit": film.visit_id}
        if film.film_date_source == "header" and any(finding["code"] == DATES for finding in film.findings):
            initial.pop("film_date")  # the dates in the header contradict each other: a person enters the right one
        super().__init__(data, initial=initial, auto_id="accept-%s")
        done = Visit.objects.filter(subject__site=film.site_id, not_done_reason="")
        visits = of_consenting(done).select_related("subject", "plan")
        self.fields["visit"].queryset = visits.order_by("subject__natural", "plan__target_day", "natural")  # type: ignore[attr-defined]
        self.fields["acknowledged"].choices = [(one["code"], one["text"]) for one in film.findings]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The scale is a number or is declared unknown."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("spacing_mm") is None and not cleaned.get("no_scale"):
            self.add_error("spacing_mm", "Enter the pixel spacing in mm, or tick that the scale is unknown.")
        if cleaned.get("no_scale"):
            cleaned["spacing_mm"] = None
        return cleaned


class DeskReasonForm(forms.Form):
    """A reason from a list and a note."""

    reason = forms.ChoiceField(widget=forms.RadioSelect)
    note = forms.CharField(required=False, max_length=500)


class RejectForm(DeskReasonForm):
    """Why the film cannot be read."""

    reason = forms.ChoiceField(choices=RejectReason.choices, widget=forms.RadioSelect)


class WithdrawForm(DeskReasonForm):
    """Why a film that was ready is wrong."""

    reason = forms.ChoiceField(choices=WithdrawReason.choices, widget=forms.RadioSelect)


class QuestionForm(forms.Form):
    """The question to the site."""

    reason = forms.ChoiceField(choices=QuestionReason.choices, widget=forms.RadioSelect)
    text = LongTextField(max_length=LONGEST_TEXT)


class ReverseRejectionForm(forms.Form):
    """Why a rejection is reversed."""

    reason = forms.CharField(max_length=200)


class MasksForm(forms.Form):
    """Rectangles as lines of four numbers, so that they can be typed as well as drawn."""

    rectangles = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    crop_l = forms.CharField(required=False)
    crop_r = forms.CharField(required=False)

    def boxes(self) -> list[list[int]]:
        """The rectangles."""
        return list(read_boxes("rectangle", self.cleaned_data["rectangles"], "rectangles"))

    def crops(self) -> dict[str, list[int]]:
        """The given cuts."""
        fields = {side: f"crop_{side.lower()}" for side in PARTS}
        given = {side: self.cleaned_data[field] for side, field in fields.items()}
        return {side: next(read_boxes(PARTS[side], text, fields[side])) for side, text in given.items() if text}


class RefuseForm(forms.Form):
    """Why the masks are refused."""

    reason = forms.CharField(max_length=200)


def read_boxes(thing: str, text: str, field: str) -> Iterator[list[int]]:
    """One rectangle per line: x, y, width, height."""
    for line in filter(None, map(str.strip, text.splitlines())):
        words = re.split(r"[\s,]+", line.strip("[] "))
        if len(words) != 4 or not all(re.fullmatch(r"\d{1,5}", word) for word in words):
            raise BadInput(f"The {thing} {quoted(line)} {NOT_FOUR}", field=field)
        yield [int(word) for word in words]
