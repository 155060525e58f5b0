"""The rows of ADXR: the totals of totals.csv, and each change with the baseline and the total that belong to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache

from instruments.progression import Threshold, progressed
from scoring.cdisc.adam import ADXR
from scoring.cdisc.facts import CaseFacts, FilmVisit, Interval, in_order, place_of, sas_date, without_day_0
from scoring.cdisc.parameters import Parameter, total_parameters
from scoring.cdisc.readings import RESULT, Reading, evaluator_of, repetition_of_sources, slot_of
from scoring.cdisc.variables import Row

INTERPOLATED = "INTERP"
Repeats = Mapping[tuple[str, int], int]
parameters_of = cache(total_parameters)


def adxr_rows(case: CaseFacts, readings: Sequence[Reading]) -> list[dict[str, object]]:
    """The rows of a case in the order of the keys, numbered."""
    repeats = repetition_of_sources(readings)
    rows = [*status_rows(case, repeats), *interval_rows(case, repeats), *made_rows(case, repeats)]
    return in_order(rows, ADXR.keys, "ASEQ")


def status_rows(case: CaseFacts, repeats: Repeats) -> Iterator[dict[str, object]]:
    """One row for each total of a parameter in totals.csv."""
    parameters = parameters_of(case.campaign.instrument, case.campaign.readers)
    found = [row for row in case.totals if (row["GROUP"], slot_of(str(row["SOURCE"]))) in parameters]
    bases = {base_key(row): row["AVAL"] for row in found if place_of(row) == case.baseline}
    for row in found:
        source, place = str(row["SOURCE"]), place_of(row)
        base = bases.get(base_key(row), "")
        yield {
            **shared(case, source, str(row["GROUP"]), place, repeats, "STATUS"),
            "AVAL": row["AVAL"],
            "BASE": base if case.baseline is not None and place >= case.baseline else "",
            "ABLFL": "Y" if place == case.baseline and base != "" else "",
            "NASSESS": row["ASSESSED"],
            "NIMPUTE": row["IMPUTED"],
        }


def base_key(row: Row) -> tuple[object, ...]:
    """The data that a total shares with its baseline: no total has a baseline that is the mean of other readers."""
    return row["SOURCE"], row["GROUP"], row["READERS"]


def interval_rows(case: CaseFacts, repeats: Repeats) -> Iterator[dict[str, object]]:
    """Baseline and later value of each interval; for one without a change only the later row, without values."""
    if case.baseline is None:
        return
    for source, visits in case.intervals.items():
        for later, groups in enumerate(visits, start=case.baseline + 1):
            for group, interval in groups.items():
                yield from both_ends(case, source, group, (case.baseline, later), interval, repeats)


def both_ends(
    case: CaseFacts, source: str, group: str, places: tuple[int, int], interval: Interval, repeats: Repeats
) -> Iterator[dict[str, object]]:
    """The two rows of one change."""
    baseline, later = places
    kind = f"{case.visits[baseline].code} TO {case.visits[later].code}"
    sites: Row = {"NASSESS": interval.assessed, "NIMPUTE": interval.imputed}
    row = {**shared(case, source, group, later, repeats, kind), **sites}
    if interval.exact is None:
        yield row
        return
    start = shared(case, source, group, baseline, repeats, kind)
    same = {"BASETYPE": row["BASETYPE"], "READREP": row["READREP"]}
    yield {**start, **sites, **baseline_columns(interval), **same}
    yield {**row, **change_columns(case, interval)}


def made_rows(case: CaseFacts, repeats: Repeats) -> Iterator[dict[str, object]]:
    """The two ends of each change that was not observed; the later one has no date."""
    if case.baseline is None:
        return
    for made in case.made:
        kind = f"{case.visits[case.baseline].code} TO {made.visit} {made.dtype}"
        start = shared(case, RESULT, made.group, case.baseline, repeats, kind)
        row: dict[str, object] = {**start, "NASSESS": made.interval.assessed, "NIMPUTE": made.interval.imputed}
        dtype = made.dtype if made.dtype == INTERPOLATED else ""
        yield {**row, **baseline_columns(made.interval), "DTYPE": dtype}
        when = {"AVISIT": made.visit, "AVISITN": made.number, "ADT": None, "ADY": None}
        yield {**row, **change_columns(case, made.interval), **when, "DTYPE": made.dtype, "ANL01FL": "Y"}


def baseline_columns(interval: Interval) -> Row:
    """The values of the earlier end of a change."""
    return {"AVAL": interval.base, "BASE": interval.base, "CHG": 0, "ABLFL": "Y"}


def change_columns(case: CaseFacts, interval: Interval) -> Row:
    """The values of the later end of a change that is known."""
    return {
        "AVAL": Decimal(interval.base) + Decimal(interval.change),
        "BASE": interval.base,
        "CHG": interval.change,
        "CRIT1FL": flag_of(case.campaign.threshold, interval),
    }


def flag_of(threshold: Threshold | None, interval: Interval) -> str:
    """Y when the exact change is no progression, N when it is; empty without a threshold."""
    if threshold is None or interval.exact is None:
        return ""
    return "N" if progressed(interval.exact, threshold) else "Y"


def shared(case: CaseFacts, source: str, group: str, place: int, repeats: Repeats, kind: str) -> dict[str, object]:
    """The columns of every row of a source, group and visit."""
    slot, visit = slot_of(source), case.visits[place]
    parameter = parameters_of(case.campaign.instrument, case.campaign.readers)[group, slot]
    repeat = repeats.get((source, place), 1)
    return {
        "STUDYID": case.campaign.study,
        "USUBJID": case.subject,
        **parameter_columns(parameter),
        "EVALID": evaluator_of(slot),
        "CAMPGN": case.campaign.campaign,
        "READREP": None if source == RESULT else repeat,
        "BASETYPE": f"CAMPAIGN {case.campaign.campaign} REPEAT {repeat} {kind}",
        "ANL01FL": "Y" if source == RESULT and visit.serves else "",
        "CRIT1": case.campaign.criterion,
        **visit_columns(visit),
    }


def parameter_columns(parameter: Parameter) -> Row:
    """The four columns of a parameter."""
    return {
        "PARAM": parameter.says,
        "PARAMCD": parameter.code,
        "PARAMN": parameter.number,
        "PARCAT1": parameter.category,
    }


def visit_columns(visit: FilmVisit) -> Row:
    """The columns of its time."""
    return {
        "AVISIT": visit.analysis_visit,
        "AVISITN": visit.analysis_number,
        "ADT": sas_date(visit.day),
        "ADY": without_day_0(visit.since_baseline),
    }
