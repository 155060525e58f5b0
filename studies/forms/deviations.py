"""Writing into the deviation log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from config.days import DayField
from config.long_texts import LongTextField
from config.natural import natural_key
from studies.models import DeviationCategory, DeviationEffect, DeviationVersion, Site, Subject, Trial, Visit
from studies.plan.deviation_entries import LONGEST_EXPLANATION, LONGEST_REASON, LONGEST_TEXT, Entry, entry_of

READ_BY = "The statistician, imaging lead, sponsor and auditor can read everything in an entry."
KEEP_OUT = (
    "Do not mention case or read numbers, timepoint letters, adjudication, treatment arms, scores or names of people."
)
ON_CLOSING = "Required to close the entry. If no action is needed, say why."


class SubjectField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A subject of the trial, found by typing."""

    def __init__(self) -> None:
        super().__init__(Subject.objects.none(), required=False, empty_label="None")
        self.widget.attrs["data-searchable"] = ""


def words(label: str, help_text: str, *, required: bool = True, rows: int = 3) -> LongTextField:
    """A text of an entry."""
    return LongTextField(label=label, help_text=help_text, required=required, max_length=LONGEST_TEXT, rows=rows)


class EntryForm(forms.Form):
    """An entry of the log."""

    advice = f"{READ_BY} {KEEP_OUT}"
    noticed_on = DayField(label="Noticed on", help_text="The date on which the deviation was noticed.")
    category = forms.ChoiceField(choices=[("", "Choose"), *DeviationCategory.choices])
    site = forms.ModelChoiceField(
        Site.objects.none(),
        required=False,
        empty_label="None",
        help_text="Leave site, subject and visit empty if the deviation concerns the whole trial.",
    )
    subject = SubjectField()
    visit = forms.ChoiceField(required=False, help_text="A visit of the subject.")
    description = words("Description", "What happened, and what was expected.", rows=5)
    effect = forms.ChoiceField(label="Effect on the endpoint", choices=[("", "Choose"), *DeviationEffect.choices])
    effect_explained = forms.CharField(
        label="Explanation of the effect",
        max_length=LONGEST_EXPLANATION,
        help_text="Why there is this effect, or none, in one sentence.",
    )
    corrective_action = words("Corrective action", f"What was done about this deviation. {ON_CLOSING}", required=False)
    preventive_action = words(
        "Preventive action", f"What will prevent it from happening again. {ON_CLOSING}", required=False
    )

    def __init__(self, trial: Trial, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["site"].queryset = trial.sites.all()  # type: ignore[attr-defined]
        self.fields["subject"].queryset = trial.subjects.all()  # type: ignore[attr-defined]
        self.fields["visit"].choices = [("", "None"), *visits_of(trial)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The visit that the subject has under the chosen code."""
        cleaned = super().clean() or self.cleaned_data
        code, subject = cleaned.get("visit"), cleaned.get("subject")
        cleaned["visit"] = None
        if code and subject is None:
            self.add_error("subject", "Choose the subject of the visit.")
        elif code:
            cleaned["visit"] = Visit.objects.select_related("subject__site").filter(subject=subject, code=code).first()
            if cleaned["visit"] is None:
                text = f"Subject {subject} has no visit {code}. Choose one of the subject's visits, or none."
                self.add_error("visit", text)
        return cleaned

    def entry(self) -> Entry:
        """The input, for the function that checks and stores it."""
        typed = {name: value for name, value in self.cleaned_data.items() if name in Entry.__dataclass_fields__}
        return Entry(**typed)


class CorrectionForm(EntryForm):
    """A correction of an entry, with the version that the person read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Reason for the correction", max_length=LONGEST_REASON, help_text="Kept with the new version."
    )

    def __init__(self, seen: DeviationVersion, data: Any = None) -> None:
        was = entry_of(seen) | {"visit": seen.visit.code if seen.visit else "", "version": seen.version}
        super().__init__(seen.trial, data, initial=was)


class ReopenDeviationForm(forms.Form):
    """Why a closed entry is opened again."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=LONGEST_REASON, help_text=f"Kept with the new version. {KEEP_OUT}")


class CloseDeviationForm(ReopenDeviationForm):
    """Closing an entry."""

    closed_on = DayField(label="Closed on", initial=timezone.localdate)
    field_order = ("closed_on", "reason")


def visits_of(trial: Trial) -> list[tuple[str, str]]:
    """The codes of the visits that any subject of the trial has, in the order of the plan."""
    planned = [(plan.code, plan.label) for plan in trial.visit_plans.all()]
    there = set(Visit.objects.filter(subject__trial=trial, plan=None).order_by().values_list("code", flat=True))
    return [*planned, *((code, code) for code in sorted(there - {code for code, _ in planned}, key=natural_key))]
