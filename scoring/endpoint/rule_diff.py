"""The rows of a locked analysis.csv that other rules would change, computed from the same signed values.

Nothing that is stored is touched. Readers, adjudication and the smallest detectable change stay those of the lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from config.errors import BadInput
from config.wording import either, quoted
from instruments.missing import MissingRule
from reading.charter.terms import EVENT_KINDS, STRATEGIES
from scoring.consensus.case_result import Computed
from scoring.consensus.results import chosen_readers, mean_of, numbers_of
from scoring.datasets.case_rows import CaseData, Row, checked_result
from scoring.datasets.loading import blocks_of, case_order, loaded
from scoring.endpoint.analysis_rows import Analysis, analysis_of, analysis_rows, case_films
from scoring.models import Lock
from scoring.reader_codes import reader_codes

KEY = ("subject", "param", "avisit")


@dataclass(frozen=True)
class Difference:
    """A column of a row: as it was locked, and under the other rules."""

    subject: str
    param: str
    avisit: str
    column: str
    locked: str
    other: str


def lock_named(text: str) -> Lock:
    """The lock TRIAL/CAMPAIGN/NUMBER, which has to be the one in force."""
    trial, _, rest = text.partition("/")
    campaign, _, number = rest.partition("/")
    locks = Lock.objects.select_related("dataset__events", "dataset__campaign__trial", "dataset__campaign__charter")
    found = locks.filter(
        campaign__trial__code=trial, campaign__code=campaign, number=number if number.isdecimal() else 0
    )
    lock = found.first()
    if lock is None:
        allowed = "Give the trial, campaign and number of a lock, such as RA-1/C1/1."
        raise BadInput(f"There is no lock {quoted(text)}. {allowed}")
    if lock.state == "superseded":
        raise BadInput(f"Lock {text} was unlocked, so its values may have changed. Give a lock that is in force.")
    return lock


def strategies_of(given: Iterable[str]) -> dict[str, str]:
    """The other strategies from KIND=RULE.

    >>> strategies_of(["rescue=locf"])
    {'rescue': 'locf'}
    """
    found = {}
    for text in given:
        kind, _, rule = text.partition("=")
        if kind not in EVENT_KINDS or rule not in STRATEGIES:
            kinds, rules = either(EVENT_KINDS), either(STRATEGIES)
            raise BadInput(f"The event rule cannot be {quoted(text)}. Give {kinds}, then = and {rules}.")
        found[kind] = rule
    return found


def differences(lock: Lock, missing: MissingRule | None, strategies: Mapping[str, str]) -> Iterator[Difference]:
    """Every column that differs, row by row in the order of analysis.csv; none where the trial plans no visit."""
    campaign = lock.dataset.campaign
    before = analysis_of(campaign, lock.dataset.events)
    if before is None:
        return
    after = under(before, missing, strategies)
    codes = reader_codes(campaign)
    for block in blocks_of(case_order(campaign)):
        for data in loaded(block, codes):
            if not data.case.has_no_result:
                yield from differences_of(data, before, after)


def under(analysis: Analysis, missing: MissingRule | None, strategies: Mapping[str, str]) -> Analysis:
    """The analysis with the other rules."""
    changed: dict[str, Any] = {f"{kind}_strategy": rule for kind, rule in strategies.items()}
    terms = replace(analysis.terms, **changed)
    estimand = replace(analysis.estimand, missing_rule=missing or analysis.estimand.missing_rule)
    return replace(analysis, terms=terms, estimand=estimand)


def differences_of(data: CaseData, before: Analysis, after: Analysis) -> Iterator[Difference]:
    """The differences of one case."""
    _, computed = checked_result(data)
    other = restated(data, computed, after.estimand.missing_rule)
    locked, changed = (
        analysis_rows(data, result, analysis, case_films(data, result, analysis))
        for result, analysis in ((computed, before), (other, after))
    )
    for old, new in zip(locked, changed, strict=True):
        subject, param, avisit = (str(old[name]) for name in KEY)
        for column in dict.fromkeys([*old, *new]):
            was, is_now = (written(row, column) for row in (old, new))
            if was != is_now:
                yield Difference(subject, param, avisit, column, was, is_now)


def restated(data: CaseData, computed: Computed, rule: MissingRule) -> Computed:
    """The result of the same readers by another missing rule."""
    if computed.numbers["result"] is None:
        return computed
    numbers = {str(one.reader): numbers_of(data.instrument, one, rule) for one in computed.panel.everyone}
    result = mean_of(numbers, chosen_readers(computed.panel, numbers))
    return replace(computed, numbers=computed.numbers | {"result": result})


def written(row: Row, column: str) -> str:
    """A cell as analysis.csv has it."""
    return str(row.get(column, ""))
