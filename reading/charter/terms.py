"""The terms of a charter: what each one means and which values are allowed. Only supported options can be chosen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

import instruments
from config.errors import BadInput
from config.wording import both, either, quoted
from instruments.intercurrent_events import GAPS
from reading.issuing.presentations import PRESENTATIONS, SHOWN_TOGETHER

MEAN_OF_ALL = "mean-of-all"
RESULT_RULES = {
    "two-closest": "Mean of the two closest readers (change over the reference interval; tie: mean of all three)",
    MEAN_OF_ALL: "Mean of all three readers",
    "adjudicator-replaces": "The adjudicator's scores replace both",
}
PARTIAL_RULES = {
    "third-read": "A third read, as for a discordant case; then the readers who evaluated both visits, two or more",
    "evaluable-readers": "The readers who evaluated both visits, without a third read",
    "missing": "Missing",
}
AS_CHOSEN, LEFT_OUT, SHOWN = "chosen", "left-out", "shown"
OUTSIDE_VISITS = {
    AS_CHOSEN: "As the coordinator chooses when the campaign is opened",
    LEFT_OUT: "Never shown: a case has the films of planned visits only",
    SHOWN: "Always shown",
}
MOST_READERS = 3
LATE_FILM_RULES = {"void-and-reissue": "Void the affected case and issue the whole case again"}
BY_FEATURE = "two-pass"
ENTRY_ORDERS = {
    "joint-major": "Joint by joint, all scores of a joint",
    "timepoint-major": "Timepoint by timepoint",
    BY_FEATURE: "All erosions, then all joint space narrowing",
}
EVENT_KINDS = {
    "rescue": "rescue",
    "discontinuation": "discontinuation of treatment",
    "death": "death",
    "switch": "switch of treatment",
}
STRATEGIES = {
    "observed": "Treatment policy: values are used as observed",
    "linear-extrapolation": "Linear extrapolation from baseline and the last film before the event",
    "locf": "The last value before the event is carried forward",
    "missing": "Every value after the event is missing",
}
DISPLAY_MODES = {"whole": "Whole films side by side", "joints": "The same joint in every pane"}
CHOICES: dict[str, dict[str, str]] = {
    "presentation": PRESENTATIONS,
    "outside_visits": OUTSIDE_VISITS,
    "result_rule": RESULT_RULES,
    "partial_visits": PARTIAL_RULES,
    "late_film_rule": LATE_FILM_RULES,
    "entry_order": ENTRY_ORDERS,
    "display_mode": DISPLAY_MODES,
    "missing_visit": dict(GAPS),
    **{f"{kind}_strategy": STRATEGIES for kind in EVENT_KINDS},
}
RANGES: dict[str, tuple[float, float]] = {
    "readers_per_case": (2, MOST_READERS),
    "minimum_timepoints": (2, 12),
    "adjudication_threshold": (0, 448),
    "concordant_share": (0, 1),
    "repeats_share": (0, 0.5),
    "repeats_washout_days": (0, 730),
    "batch_size": (0, 5000),
    "read_interval_minutes": (0, 1440),
    "cases_per_sitting": (0, 200),
    "sitting_pause_minutes": (5, 1440),
    "cases_per_day": (0, 500),
    "missing_limit": (0, 1),
    "grace_days": (0, 90),
    "minimum_interval": (1, 365),
    "fixed_threshold": (0, 448),
    "alarm_missing": (0, 1),
    "alarm_discordant": (0, 1),
}


@dataclass(frozen=True)
class Terms:
    """The terms of one charter version.

    `outside_visits` says whether cases show films of visits outside the plan (rescue, unscheduled, early termination):
    their number can reveal a rescue. `readers_per_case` is 2, where a discordant case is adjudicated, or 3, where the
    mean of all is the result.
    `adjudication_threshold` is in score units: the largest absolute difference of the two readers' changes over all
    pairs of timepoints above which a case is adjudicated. `reference_visit` is the visit plan code that ends the
    reference interval (from baseline). `partial_visits` says what becomes of a visit that only some readers could
    evaluate. `concordant_share` is the share of concordant cases mixed into the
    adjudicators' queue. `missing_limit` is the largest share of a region's sites that may be missing.
    `repeats_share` of every reader's first reads are issued to the same reader again, at the earliest
    `repeats_washout_days` after their signature. For `batch_size`, `read_interval_minutes` (from the signature of one
    case to the start of the next), `cases_per_sitting` and `cases_per_day`, 0 means no limit. A pause of
    `sitting_pause_minutes` ends a sitting.

    `*_strategy` says what becomes of values after an event of that kind; `*_independent` declares that who has such an
    event, and when, does not depend on the arm. A film up to `grace_days` after an event counts as before it.
    `minimum_interval` is the least number of days from baseline to a film that may be extrapolated. `fixed_threshold`
    is a threshold of progression besides 0, 0.5 and the smallest detectable change; 0 for none. With
    `threshold_strict`, progression is a change above the threshold, otherwise at or above it.

    An alarm about a reader is raised when `alarm_drift` is set and their chart of drift passes its limit, and when more
    than the share `alarm_missing` of their sites was not assessable or more than the share `alarm_discordant` of their
    cases was discordant; 0 for no alarm.

    With `reader_queries`, readers are asked to check cells of signed reads before a consensus is computed. With
    `lead_approval`, no campaign opens before the imaging lead has approved the signed version.
    """

    instrument: str = "svdh"
    wording: str = ""
    presentation: str = "together-random"
    outside_visits: str = AS_CHOSEN
    readers_per_case: int = 2
    minimum_timepoints: int = 2
    adjudication_threshold: float = 10.0
    result_rule: str = "two-closest"
    reference_visit: str = ""
    partial_visits: str = "third-read"
    missing_rule: str = "paired-proportional"
    missing_limit: float = 0.5
    missing_visit: str = "missing"
    rescue_strategy: str = "linear-extrapolation"
    rescue_independent: bool = False
    discontinuation_strategy: str = "linear-extrapolation"
    discontinuation_independent: bool = False
    death_strategy: str = "missing"
    death_independent: bool = False
    switch_strategy: str = "linear-extrapolation"
    switch_independent: bool = False
    grace_days: int = 0
    minimum_interval: int = 1
    zero_threshold: bool = True
    half_threshold: bool = True
    sdc_threshold: bool = True
    fixed_threshold: float = 0.0
    threshold_strict: bool = True
    late_film_rule: str = "void-and-reissue"
    repeats_share: float = 0.0
    repeats_washout_days: int = 28
    batch_size: int = 0
    read_interval_minutes: int = 0
    cases_per_sitting: int = 0
    sitting_pause_minutes: int = 30
    cases_per_day: int = 0
    concordant_share: float = 0.1
    qualification_required: bool = True
    unverified_acknowledged: bool = False
    entry_order: str = "joint-major"
    display_mode: str = "whole"
    bulk_zero: bool = False
    display_check_required: bool = False
    arms_may_be_opened: bool = False
    alarm_drift: bool = True
    alarm_missing: float = 0.2
    alarm_discordant: float = 0.5
    reader_queries: bool = False
    lead_approval: bool = False

    @property
    def adjudicates(self) -> bool:
        """Whether a discordant case gets a third read; with three readers, every case has three."""
        return self.readers_per_case < MOST_READERS

    def as_json(self) -> dict[str, Any]:
        """The terms as they are stored."""
        return asdict(self)

    def digest(self) -> str:
        """SHA-256 of the canonical JSON: what a signature under the charter covers."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def read_terms(given: dict[str, Any]) -> Terms:
    """Terms from stored or submitted JSON; BadInput names the term, its value and what is allowed."""
    known = {field.name for field in fields(Terms)}
    for name in given:
        if name not in known:
            terms_known = both(map(in_words, sorted(known)))
            raise BadInput(f"A charter has no term {quoted(in_words(name))}. It has {terms_known}.")
    terms = Terms(**given)
    check_choices(terms)
    check_ranges(terms)
    check_readers(terms)
    check_queries(terms)
    check_instrument(terms)
    return terms


def in_words(name: str) -> str:
    """The name of a term as written in a sentence."""
    return name.replace("_", " ")


def check_choices(terms: Terms) -> None:
    """Every choice is a supported option."""
    for name, allowed in CHOICES.items():
        if getattr(terms, name) not in allowed:
            text = f"The {in_words(name)} cannot be {quoted(getattr(terms, name))}. Choose {either(allowed)}."
            raise BadInput(text, field=name)


def check_ranges(terms: Terms) -> None:
    """Every number is within its range."""
    for name, (low, high) in RANGES.items():
        value, whole = getattr(terms, name), isinstance(getattr(Terms, name), int)
        if not isinstance(value, int if whole else (int, float)) or not low <= value <= high:
            number = "a whole number" if whole else "a number"
            text = f"The {in_words(name)} cannot be {quoted(value)}. Give {number} from {low:g} to {high:g}."
            raise BadInput(text, field=name)


def check_readers(terms: Terms) -> None:
    """Without adjudication there is nothing to choose: the mean of all three readers is the result."""
    if not terms.adjudicates and terms.result_rule != MEAN_OF_ALL:
        text = f"With three readers per case, the result cannot be {quoted(RESULT_RULES[terms.result_rule])}."
        mean = quoted(RESULT_RULES[MEAN_OF_ALL])
        raise BadInput(f"{text} Choose {mean}: no case is adjudicated.", field="result_rule")


def check_queries(terms: Terms) -> None:
    """Queries name joints over all timepoints, so all timepoints that count must be shown together."""
    if terms.reader_queries and terms.presentation not in SHOWN_TOGETHER:
        text = f"With the presentation {quoted(terms.presentation)}, readers cannot be sent queries."
        raise BadInput(f"{text} Choose {either(map(quoted, SHOWN_TOGETHER))}.", field="reader_queries")


def check_instrument(terms: Terms) -> None:
    """The instrument and the wording of its grades exist; unverified parts have been acknowledged."""
    if terms.instrument not in instruments.KEYS:
        text = f"The instrument cannot be {quoted(terms.instrument)}. Choose {either(instruments.KEYS)}."
        raise BadInput(text, field="instrument")
    instrument = instruments.get(terms.instrument)
    if terms.wording and terms.wording not in instrument.wordings:
        text = f"{instrument.title} has no grade text {quoted(terms.wording)}. Choose {either(instrument.wordings)}."
        raise BadInput(text, field="wording")
    if terms.entry_order == BY_FEATURE and len(instrument.features) < 2:
        others = either(quoted(label) for order, label in ENTRY_ORDERS.items() if order != BY_FEATURE)
        given = quoted(ENTRY_ORDERS[BY_FEATURE])
        text = f"With {instrument.title}, the order of entry cannot be {given}: it has no second feature."
        raise BadInput(f"{text} Choose {others}.", field="entry_order")
    if instrument.unverified and not terms.unverified_acknowledged:
        text = f"{instrument.title} has unverified parts. Read its notes and acknowledge them to choose it."
        raise BadInput(text, field="unverified_acknowledged")
