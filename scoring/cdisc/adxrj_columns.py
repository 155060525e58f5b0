"""The columns of ADXRJ: every score of MK as an analysis value, with the same reader's score at the baseline."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from scoring.cdisc.adxr_rows import parameter_columns, visit_columns
from scoring.cdisc.columns import CellColumn, Places, RowBlock, column_of, whole_numbers
from scoring.cdisc.facts import CampaignFacts, sortable
from scoring.cdisc.parameters import joint_parameters
from scoring.cdisc.readings import Reading
from scoring.cdisc.scored_rows import ScoredRows
from scoring.cdisc.variables import Row

# The column of MK for each of these.
COPIED = {
    "STUDYID": "STUDYID",
    "USUBJID": "USUBJID",
    "EVALID": "MKEVALID",
    "CAMPGN": "MKGRPID",
    "READREP": "MKREPNUM",
    "JNTLOC": "MKLOC",
    "JNTLAT": "MKLAT",
    "JNTSIDE": "MKDIR",
    "AVAL": "MKSTRESN",
    "ANL01FL": "MKACPTFL",
    "NAREAS": "MKREASND",
    "SRCSEQ": "MKSEQ",
}
NOWHERE = -1


def adxrj_block(campaign: CampaignFacts, scored: ScoredRows, mk: RowBlock) -> RowBlock:
    """The rows of ADXRJ, from those of MK."""
    parameters = joint_parameters(campaign.instrument)
    columns = {
        **{name: mk.column(copied) for name, copied in COPIED.items()},
        **scored.same({"SRCDOM": "MK", "SRCVAR": "MKSTRESN"}),
        **scored.by_item(lambda item: parameter_columns(parameters[item.paramcd])),
        **scored.by_reading(reading_columns),
        **baseline_columns(scored, mk.column("MKSTRESN")),
    }
    order = in_order_of_adxrj(scored)
    return RowBlock(mk.rows, {name: column.at(order) for name, column in columns.items()} | {"ASEQ": scored.number})


def reading_columns(reading: Reading) -> Row:
    """The columns common to the records of a reading."""
    return {"BASETYPE": basetype_of(reading), **visit_columns(reading.visit)}


def basetype_of(reading: Reading) -> str:
    """Campaign and repeat."""
    return f"CAMPAIGN {reading.case.campaign.campaign} REPEAT {reading.repetition}"


def baseline_columns(scored: ScoredRows, entered: CellColumn) -> dict[str, CellColumn]:
    """The same reader's grade of the same joint at the baseline, and the change from it."""
    grades = np.array([np.nan if cell is None else cell for cell in entered.cells], np.float64)[entered.places]
    # One row more than there are readings, without any grade, for those without a baseline.
    by_reading = np.full((len(scored.readings) + 1, len(scored.items)), np.nan)
    by_reading[scored.reading, scored.item] = grades
    base = by_reading[baselines_of(scored.readings)[scored.reading], scored.item]
    at_baseline = np.array([one.place == one.case.baseline for one in scored.readings], np.bool_)[scored.reading]
    flags = column_of(["", "Y"]).at((at_baseline & ~np.isnan(grades)).astype(np.intp))
    return {"BASE": whole_numbers(base), "CHG": whole_numbers(grades - base), "ABLFL": flags}


def baselines_of(readings: Sequence[Reading]) -> Places:
    """For each reading the place of the same reader's of the baseline; NOWHERE without one, and before it."""

    def series(one: Reading) -> Hashable:
        return one.case, one.evaluator, one.repetition

    found = {series(one): place for place, one in enumerate(readings) if one.place == one.case.baseline}
    return np.array([found.get(series(one), NOWHERE) if has_baseline(one) else NOWHERE for one in readings], np.intp)


def has_baseline(reading: Reading) -> bool:
    """Whether its visit is the baseline or later."""
    return reading.case.baseline is not None and reading.place >= reading.case.baseline


def in_order_of_adxrj(scored: ScoredRows) -> Places:
    """The rows of MK in the order of the keys of ADXRJ: case, BASETYPE, PARAMCD, EVALID, AVISITN, then as in MK."""
    cases = {one.case: place for place, one in enumerate(scored.readings)}
    outer = ranks([(cases[one.case], basetype_of(one)) for one in scored.readings])[scored.reading]
    parameter = ranks([item.paramcd for item in scored.items])[scored.item]
    inner = ranks([(one.evaluator, sortable(one.visit.analysis_number)) for one in scored.readings])[scored.reading]
    return np.lexsort((inner, parameter, outer))


def ranks(keys: Sequence[object]) -> Places:
    """The place of each key among the different ones in order."""
    place = {key: rank for rank, key in enumerate(sorted(set(keys)))}  # type: ignore[type-var]
    return np.array([place[key] for key in keys], np.intp)
