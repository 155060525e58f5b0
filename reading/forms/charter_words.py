"""The charter in plain words: labels, a worked example for each term, and values as the signed page writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

LABELS = {
    "readers_per_case": "Readers for each case",
    "minimum_timepoints": "Minimum timepoints per case",
    "adjudication_threshold": "Adjudicate above a difference of",
    "presentation": "How the films of a case are shown",
    "outside_visits": "Films of rescue, unscheduled and early-termination visits",
    "reference_visit": "Last visit of the reference interval",
    "missing_limit": "Largest share of missing sites in a region",
    "rescue_strategy": "Films after rescue",
    "discontinuation_strategy": "Films after discontinuation of treatment",
    "death_strategy": "Visits after death",
    "switch_strategy": "Films after a switch of treatment",
}
OUTSIDE_HELP = (
    "Their number can reveal who was rescued. Without them, a value after a rescue is extrapolated from films of "
    "planned visits alone. Example: 290 of 300 cases have films of three visits, and ten have a fourth, taken at "
    "rescue. A reader who sees four timepoints knows that this subject was probably rescued."
)
EXAMPLES = {
    "instrument": "Sharp/van der Heijde scores erosions and joint space narrowing, 0 to 448 points in all; Larsen gives"
    " one grade from 0 to 5 for each joint.",
    "unverified_acknowledged": "for Larsen 1977, the form shows which part was not found in its source.",
    "wording": "a grade may be shown as “more than half of the joint lost” or by its number alone.",
    "presentation": "with four visits in random order, baseline may be shown second, as film B, without a label.",
    "entry_order": "joint by joint, a reader enters erosion and narrowing of MCP 2 before MCP 3.",
    "display_mode": "with the same joint in every pane, MCP 2 of all visits is shown enlarged, side by side.",
    "bulk_zero": "one key sets PIP 4 to 0 in all four films, and the data show that the four zeros were entered "
    "together.",
    "display_check_required": "a reader who begins at 9:00 answers the display check before the first case.",
    "readers_per_case": "with two readers, 300 cases give 600 first reads.",
    "qualification_required": "a reader without a qualification, or whose qualification has expired, gets no new case.",
    "minimum_timepoints": "with 2, a subject with baseline films alone is not read.",
    "adjudication_threshold": "with 10, changes of 3 and 14 points differ by 11, and the case is adjudicated; changes "
    "of 3 and 13 differ by 10, and it is not.",
    "result_rule": "changes of 2, 13 and 4. The two closest give 3, the mean of all three gives 6.3, the adjudicator "
    "alone gives 4.",
    "reference_visit": "with W52, the two closest readers are found by their changes from the baseline to week 52, "
    "also in a case that begins with an earlier film.",
    "concordant_share": "with 0.1 and 45 discordant cases, about 5 concordant cases go to the adjudicators as well.",
    "repeats_share": "with 0.1, a reader of 300 cases reads about 30 of them twice.",
    "repeats_washout_days": "with 28, a case signed on 1 March is issued again on 29 March at the earliest.",
    "batch_size": "with 50, 300 cases are issued in at least six batches.",
    "read_interval_minutes": "with 5, a reader who signs at 10:00 begins the next case at 10:05 at the earliest.",
    "cases_per_sitting": "with 20, a reader who has signed 20 cases pauses before the next.",
    "sitting_pause_minutes": "with 30, a reader who stops at 10:00 begins a new sitting at 10:30.",
    "cases_per_day": "with 40, the 41st case of a day begins on the next day.",
    "missing_rule": "one of four hand joints cannot be assessed, the other three have 6 points. In proportion, "
    "the four have 8 points.",
    "missing_limit": "with 0.5, a region of 16 joint sites of which 9 are missing has no total.",
    "late_film_rule": "a film of week 24 arrives after the case was read. The whole case is read again with it.",
    "alarm_drift": "from the 60th case on, a reader's totals are 3 points higher than before. Some cases later, the "
    "imaging lead and the coordinators get an e-mail.",
    "alarm_missing": "with 0.2, a reader who marked 30 of 100 joint sites as not assessable raises an alarm.",
    "alarm_discordant": "with 0.5, 11 discordant cases out of 20 compared raise an alarm.",
    "reader_queries": "two timepoints of a read differ by 4 grades at left MCP 2. Its reader is asked to check MCP 2 "
    "and one other joint, drawn at random, before the two reads of the case are compared.",
    "arms_may_be_opened": "if not ticked, the arms stay sealed here, and the analysis by arm is made elsewhere.",
    "lead_approval": "the coordinator signs version 2 on 1 March. The imaging lead approves it on 3 March, and from "
    "then on a campaign can be opened under it. Later versions need an approval as well.",
}
SHARES = ("concordant_share", "repeats_share", "missing_limit", "alarm_missing", "alarm_discordant")
UNITS = {
    "repeats_washout_days": "day",
    "grace_days": "day",
    "minimum_interval": "day",
    "read_interval_minutes": "minute",
    "sitting_pause_minutes": "minute",
    "batch_size": "case",
    "cases_per_sitting": "case",
    "cases_per_day": "case",
    "adjudication_threshold": "point",
    "fixed_threshold": "point",
}
ZEROS = {
    "batch_size": "No limit",
    "cases_per_sitting": "No limit",
    "cases_per_day": "No limit",
    "read_interval_minutes": "No pause",
    "fixed_threshold": "None",
    "repeats_share": "None",
    "alarm_missing": "No alarm",
    "alarm_discordant": "No alarm",
}
NO_EFFECT = "Does not apply with the other choices"


def put_in_words(fields: Mapping[str, forms.Field]) -> None:
    """Gives the fields of the form their labels and examples."""
    for name, one in fields.items():
        one.label = LABELS.get(name, one.label)
        if name in EXAMPLES and "Example:" not in str(one.help_text):
            one.help_text = f"{one.help_text} Example: {EXAMPLES[name]}".strip()


def value_in_words(name: str, value: Any) -> str:
    """A value of a term that is no choice, with its unit.

    >>> value_in_words("cases_per_day", 0), value_in_words("cases_per_day", 40), value_in_words("missing_limit", 0.5)
    ('No limit', '40 cases', '50 %')
    """
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value == 0 and name in ZEROS:
        return ZEROS[name]
    if name in SHARES:
        return f"{100 * value:g} %"
    number = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{number} {UNITS[name]}{'' if value == 1 else 's'}" if name in UNITS else number
