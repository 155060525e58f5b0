"""The charter as a form; it offers only what works."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms

import instruments
from accounts.models import User
from instruments.missing import RULES
from reading.charter.terms import ENTRY_ORDERS, LATE_FILM_RULES, LOOKING, RESULT_RULES, Terms
from reading.issuing.presentations import PRESENTATIONS
from studies.arms.custodian_keys import holds_arms
from studies.models import Trial


def choices(table: dict[str, str]) -> list[tuple[str, str]]:
    """A table of choices as a form takes it."""
    return list(table.items())


class CharterForm(forms.Form):
    """Every term of a charter, in the order in which a charter is written."""

    instrument = forms.ChoiceField(help_text="What is scored, and how it is added up.")
    unverified_acknowledged = forms.BooleanField(
        required=False,
        label="I have read the unverified parts of this instrument and choose it all the same",
    )
    wording = forms.ChoiceField(required=False, label="Grade text", help_text="The words readers see for each grade.")
    presentation = forms.ChoiceField(
        choices=choices(PRESENTATIONS),
        widget=forms.RadioSelect,
        initial="together-random",
        help_text="Readers who know the order measure more progression: 0.4 points a year on 3.8 in one study.",
    )
    entry_order = forms.ChoiceField(choices=choices(ENTRY_ORDERS), label="Order of entry")
    looking = forms.ChoiceField(choices=choices(LOOKING), label="Way of looking")
    bulk_zero = forms.BooleanField(
        required=False, label="One key may score a joint normal at all timepoints; counted apart in the data"
    )
    display_check_required = forms.BooleanField(required=False, label="A display check begins every sitting")
    readers_per_case = forms.IntegerField(min_value=2, max_value=2, initial=2)
    qualification_required = forms.BooleanField(
        required=False, initial=True, label="Only readers with a recorded qualification may read"
    )
    minimum_timepoints = forms.IntegerField(
        min_value=2, max_value=12, initial=2, help_text="A subject with fewer timepoints on film makes no case."
    )
    adjudication_threshold = forms.FloatField(
        min_value=0,
        max_value=448,
        initial=10,
        help_text="Score units. Above this difference of the two readers' changes a third reader reads the case.",
    )
    result_rule = forms.ChoiceField(choices=choices(RESULT_RULES), label="Result after adjudication")
    reference_visit = forms.ChoiceField(
        required=False, help_text="Ends the reference interval, from baseline; the last visit when none is chosen."
    )
    concordant_share = forms.FloatField(
        min_value=0,
        max_value=1,
        initial=0.1,
        label="Share of concordant cases in the adjudicators' queue",
        help_text="0 to 1. They keep adjudicators from knowing why they read a case; their scores are not used.",
    )
    repeats_share = forms.FloatField(
        min_value=0,
        max_value=0.5,
        initial=0,
        label="Share of reads repeated in secret",
        help_text="0 to 0.5. Each reader gets this share of his cases again, with new letters and order; for "
        "agreement with himself, never for results. He cannot look at signed cases again while they are read.",
    )
    repeats_washout_days = forms.IntegerField(
        min_value=0,
        max_value=730,
        initial=28,
        label="Days before a case is repeated",
        help_text="At least so long after its signature; it then comes with the next batch.",
    )
    batch_size = forms.IntegerField(
        min_value=0, max_value=5000, initial=0, label="Largest batch", help_text="Cases; 0 for no limit."
    )
    read_interval_minutes = forms.IntegerField(
        min_value=0,
        max_value=1440,
        initial=0,
        label="Pause between cases",
        help_text="Minutes from the signature of one case to the start of the next; 0 for none.",
    )
    cases_per_sitting = forms.IntegerField(
        min_value=0, max_value=200, initial=0, label="Cases in a sitting", help_text="At most; 0 for no limit."
    )
    sitting_pause_minutes = forms.IntegerField(
        min_value=5,
        max_value=1440,
        initial=30,
        label="Pause that ends a sitting",
        help_text="Minutes without a case begun or signed.",
    )
    cases_per_day = forms.IntegerField(
        min_value=0, max_value=500, initial=0, label="Cases in a day", help_text="At most; 0 for no limit."
    )
    missing_rule = forms.ChoiceField(label="Missing joints")
    missing_limit = forms.FloatField(
        min_value=0, max_value=1, initial=0.5, help_text="Largest share of a region's sites that may be missing."
    )
    late_film_rule = forms.ChoiceField(choices=choices(LATE_FILM_RULES), label="Late, replaced or wrong films")
    arms_may_be_opened = forms.BooleanField(
        required=False,
        label="After the lock of a campaign two custodians may open the arms, if the trial holds any",
    )

    def __init__(self, trial: Trial, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        visits = [(plan.code, plan.label) for plan in trial.visit_plans.all()]
        self.offer("instrument", [(key, instruments.get(key).title) for key in instruments.KEYS])
        self.offer("reference_visit", [("", "The last visit of the case"), *visits])
        self.offer("missing_rule", [(name, f"{name}: {kind.says}") for name, kind in RULES.items()])
        wordings = dict.fromkeys(key for name in instruments.KEYS for key in instruments.get(name).wordings)
        if not holds_arms(trial):
            del self.fields["arms_may_be_opened"]
        self.offer("wording", [("", "The instrument's own"), *((key, key) for key in wordings)])

    def offer(self, name: str, options: list[tuple[str, str]]) -> None:
        """Fills in the choices of a field."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = options

    def terms(self) -> dict[str, Any]:
        """The terms as they are stored."""
        return {field.name: self.cleaned_data[field.name] for field in fields(Terms) if field.name in self.cleaned_data}


class SignForm(forms.Form):
    """The password again, under what it means."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), help_text="Your own, as at sign-in."
    )


class QualificationForm(forms.Form):
    """That a reader may read by an instrument."""

    reader = forms.ModelChoiceField(User.objects.none())
    instrument = forms.ChoiceField(choices=[])
    evidence = forms.CharField(max_length=300, help_text="What was tested, on which films, when, with what result.")

    def __init__(self, people: Any, data: Any = None) -> None:
        super().__init__(data)
        self.fields["reader"].queryset = people  # type: ignore[attr-defined]
        options = [(key, instruments.get(key).title) for key in instruments.KEYS]
        self.fields["instrument"].choices = options  # type: ignore[attr-defined]
