"""The charter as a form; it offers only supported options."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms

import instruments
from instruments.intercurrent_events import GAPS
from instruments.missing import RULES
from reading.charter.terms import (
    DISPLAY_MODES,
    ENTRY_ORDERS,
    LATE_FILM_RULES,
    OUTSIDE_VISITS,
    PARTIAL_RULES,
    RESULT_RULES,
    Terms,
)
from reading.forms.charter_fields import choices, independent, strategy, threshold
from reading.forms.charter_sections import CharterSection, FormTerm, in_sections, is_idle
from reading.forms.charter_words import NO_EFFECT, OUTSIDE_HELP, put_in_words, value_in_words
from reading.issuing.presentations import PRESENTATIONS
from studies.arms.custodian_keys import holds_arms
from studies.models import Trial


class CharterForm(forms.Form):
    """Every term of a charter, in the usual order of a charter document."""

    instrument = forms.ChoiceField(help_text="What is scored and how totals are calculated.")
    unverified_acknowledged = forms.BooleanField(
        required=False,
        label="I have read the unverified parts of this instrument and choose to use it",
    )
    wording = forms.ChoiceField(required=False, label="Grade text", help_text="The words readers see for each grade.")
    presentation = forms.ChoiceField(
        choices=choices(PRESENTATIONS),
        widget=forms.RadioSelect,
        initial="together-random",
        help_text="Readers who know the order measure more progression: 0.4 points a year on top of 3.8 in one study.",
    )
    outside_visits = forms.ChoiceField(choices=choices(OUTSIDE_VISITS), help_text=OUTSIDE_HELP)
    entry_order = forms.ChoiceField(choices=choices(ENTRY_ORDERS), label="Order of entry")
    display_mode = forms.ChoiceField(choices=choices(DISPLAY_MODES), label="Display mode")
    bulk_zero = forms.BooleanField(
        required=False,
        label="Allow one key to score a joint normal at all timepoints; the data count these entries separately",
    )
    display_check_required = forms.BooleanField(
        required=False, label="Require a display check at the start of every sitting"
    )
    readers_per_case = forms.IntegerField(
        min_value=2,
        max_value=3,
        initial=2,
        help_text="2 or 3. Two: a discordant case gets a third read. Three: the result is the mean of all three, no "
        "case is adjudicated, and the largest difference between two readers is reported. Example: changes of 2, 4 and "
        "9 give 5, and a largest difference of 7.",
    )
    qualification_required = forms.BooleanField(
        required=False, initial=True, label="Only readers with a recorded qualification may read"
    )
    minimum_timepoints = forms.IntegerField(
        min_value=2, max_value=12, initial=2, help_text="A subject with films at fewer timepoints is not included."
    )
    adjudication_threshold = forms.FloatField(
        min_value=0,
        max_value=448,
        initial=10,
        help_text="In score units. If the two readers' changes differ by more, a third reader reads the case. Not used "
        "with three readers per case.",
    )
    result_rule = forms.ChoiceField(
        choices=choices(RESULT_RULES),
        label="Result after adjudication",
        help_text="With three readers per case, choose the mean of all three readers.",
    )
    reference_visit = forms.ChoiceField(
        required=False, help_text="The visit that ends the reference interval, which starts at baseline."
    )
    partial_visits = forms.ChoiceField(
        choices=choices(PARTIAL_RULES),
        label="Visits that only some readers could evaluate",
        help_text="Example: reader A has 10 points at baseline and 12 at week 24, reader B 8 at baseline and cannot "
        "evaluate week 24. A third reader C has 9 and 13: the change is 3, of A and C, from 9.5 to 12.5. Without a "
        "third read it is 2, of A, from 10 to 12. Where only one of three readers could evaluate both visits, it is "
        "missing.",
    )
    concordant_share = forms.FloatField(
        min_value=0,
        max_value=1,
        initial=0.1,
        label="Share of concordant cases in the adjudicators' queue",
        help_text="0 to 1. Concordant cases in the queue keep adjudicators from knowing why they were given a case. "
        "Their scores of these cases are not used. Not available with three readers per case.",
    )
    repeats_share = forms.FloatField(
        min_value=0,
        max_value=0.5,
        initial=0,
        label="Share of hidden repeats",
        help_text="0 to 0.5. Readers receive this share of their cases again, with new letters and a new order. "
        "They measure intra-reader agreement and never enter results. Readers then cannot view their signed cases.",
    )
    repeats_washout_days = forms.IntegerField(
        min_value=0,
        max_value=730,
        initial=28,
        label="Days before a case is repeated",
        help_text="At least this long after the signature. The repeat is issued with the next batch after that.",
    )
    batch_size = forms.IntegerField(
        min_value=0, max_value=5000, initial=0, label="Largest batch", help_text="Number of cases; 0 for no limit."
    )
    read_interval_minutes = forms.IntegerField(
        min_value=0,
        max_value=1440,
        initial=0,
        label="Pause between cases",
        help_text="Minutes from the signature of one case to the start of the next; 0 for no pause.",
    )
    cases_per_sitting = forms.IntegerField(
        min_value=0, max_value=200, initial=0, label="Cases per sitting", help_text="Maximum; 0 for no limit."
    )
    sitting_pause_minutes = forms.IntegerField(
        min_value=5,
        max_value=1440,
        initial=30,
        label="Pause that ends a sitting",
        help_text="Minutes in which no case is started or signed.",
    )
    cases_per_day = forms.IntegerField(
        min_value=0, max_value=500, initial=0, label="Cases per day", help_text="Maximum; 0 for no limit."
    )
    missing_rule = forms.ChoiceField(label="Missing joints")
    missing_limit = forms.FloatField(
        min_value=0, max_value=1, initial=0.5, help_text="Largest share of a region's sites that may be missing."
    )
    missing_visit = forms.ChoiceField(
        choices=choices(dict(GAPS)),
        label="Visits without a film",
        help_text="Applies when no event explains the missing film. Example: changes of 1 on day 84 and 4 on day 364, "
        "no film at week 24 (day 168). Interpolated, its change is 1 + 3 x 84/280 = 1.9; extrapolated, it is 2.",
    )
    rescue_strategy = strategy(
        "rescue",
        "Example: 10 points at baseline, 12 on day 112, rescue on day 112. Extrapolated, week 24 (day 168) has "
        "10 + 2 x 168/112 = 13, whatever its film shows.",
    )
    rescue_independent = independent("rescue")
    discontinuation_strategy = strategy(
        "discontinuation",
        "Example: 10 points at baseline, 12 on day 112, discontinued on day 120. Carried forward, week 24 has 12.",
    )
    discontinuation_independent = independent("discontinuation")
    death_strategy = strategy("death", "Example: 12 points on day 112, death on day 120. Week 24 is missing.")
    death_independent = independent("death")
    switch_strategy = strategy(
        "switch",
        "Example: 12 points on day 112, switch on day 120, 11 points on day 168. By treatment policy, week 24 has 11.",
    )
    switch_independent = independent("switch")
    grace_days = forms.IntegerField(
        min_value=0,
        max_value=90,
        initial=0,
        label="Grace days after an event",
        help_text="Example: rescue on day 112, film on day 115. With 7 days, the film counts as before the event.",
    )
    minimum_interval = forms.IntegerField(
        min_value=1,
        max_value=365,
        initial=1,
        label="Shortest interval to extrapolate from, in days",
        help_text="Example: 10 points at baseline, 12 on day 20. Week 24 would have 10 + 2 x 168/20 = 26.8; with 56 "
        "days it is missing.",
    )
    zero_threshold = threshold(
        "0", "Example: a change of 0 or -1 is counted as no progression, one of 0.5 as progression."
    )
    half_threshold = threshold(
        "0.5", "Example: readers' changes of 0 and 1 have the mean 0.5, which counts as no progression."
    )
    sdc_threshold = threshold(
        "the smallest detectable change",
        "Estimated over all arms from the reads of the campaign, by interval. Example: with 1.41, a change of 1 is "
        "no progression.",
    )
    fixed_threshold = forms.FloatField(
        min_value=0,
        max_value=448,
        initial=0,
        label="Fixed limit of no progression (score units)",
        help_text="0 for none. Example: with 5, a change of 5 counts as no progression, one of 5.5 as progression.",
    )
    threshold_strict = forms.BooleanField(
        required=False,
        initial=True,
        label="Progression is a change above a threshold, not at it",
        help_text="Example: a change of exactly 0.5 is progression by 0.5 only if this is not ticked.",
    )
    alarm_drift = forms.BooleanField(
        required=False, initial=True, label="Alarm when a reader's differences from their partners drift"
    )
    alarm_missing = forms.FloatField(
        min_value=0,
        max_value=1,
        initial=0.2,
        label="Alarm above a share of joint sites not assessable",
        help_text="0 for no alarm. Applies once a reader has 10 cases.",
    )
    alarm_discordant = forms.FloatField(
        min_value=0,
        max_value=1,
        initial=0.5,
        label="Alarm above a share of discordant cases",
        help_text="0 for no alarm. Counted from 10 compared cases on. Not used with three readers per case.",
    )
    reader_queries = forms.BooleanField(
        required=False,
        initial=False,
        label="Ask readers to check joints that the score checks found, before a consensus is computed",
    )
    late_film_rule = forms.ChoiceField(choices=choices(LATE_FILM_RULES), label="Late, replaced or wrong films")
    arms_may_be_opened = forms.BooleanField(
        required=False,
        label="After a campaign is locked, two custodians may open the treatment arms, if the trial holds any",
    )
    lead_approval = forms.BooleanField(
        required=False,
        initial=False,
        label="The imaging lead must approve the signed charter before a campaign opens",
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
        put_in_words(self.fields)
        self.offer("wording", [("", "The instrument's default"), *((key, key) for key in wordings)])

    def offer(self, name: str, options: list[tuple[str, str]]) -> None:
        """Fills in the choices of a field."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = options

    @property
    def sections(self) -> list[CharterSection]:
        """The fields under the headings of a charter document; under "more", open where a default was changed."""
        found = in_sections((name, FormTerm.of(self[name])) for name in self.fields)
        for section in found:
            section.open = any(row.is_changed for row in section.rows)
        return found

    def in_words(self, terms: dict[str, Any]) -> list[CharterSection]:
        """Stored terms under the same headings and labels, each value in words."""
        known = [name for name in self.fields if name in terms]
        return in_sections((name, (str(self[name].label), self.chosen(name, terms))) for name in known)

    def chosen(self, name: str, terms: dict[str, Any]) -> str:
        """The value of a term in words."""
        if is_idle(name, terms):
            return NO_EFFECT
        if not isinstance(self.fields[name], forms.ChoiceField):
            return value_in_words(name, terms[name])
        options = {option.data["value"]: option.data["label"] for option in self[name].subwidgets}
        return str(options.get(terms[name], terms[name]))

    def terms(self) -> dict[str, Any]:
        """The terms as stored."""
        return {field.name: self.cleaned_data[field.name] for field in fields(Terms) if field.name in self.cleaned_data}
