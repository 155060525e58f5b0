"""The rows of ADXRJ: every score of MK as an analysis value, with the same reader's score at the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from scoring.cdisc.adam import ADXRJ
from scoring.cdisc.adxr_rows import parameter_columns, visit_columns
from scoring.cdisc.facts import CaseFacts, in_order, place_of
from scoring.cdisc.parameters import joint_parameters
from scoring.cdisc.variables import Row

parameters_of = cache(joint_parameters)


def adxrj_rows(case: CaseFacts, scored: Sequence[tuple[Row, Row]]) -> list[dict[str, object]]:
    """The rows of a case in the order of the keys, numbered; `scored` is each row of scores.csv with its row of MK."""
    bases = {series_of(score, row): row.get("MKSTRESN") for score, row in scored if place_of(score) == case.baseline}
    return in_order([joint_row(case, score, row, bases) for score, row in scored], ADXRJ.keys, "ASEQ")


def series_of(score: Row, row: Row) -> tuple[object, ...]:
    """What the visits of one joint, reader and repetition have in common."""
    return score["PARAMCD"], row["MKEVALID"], row["MKREPNUM"]


def joint_row(case: CaseFacts, score: Row, row: Row, bases: dict[tuple[object, ...], object]) -> dict[str, object]:
    """One score."""
    value, place = row.get("MKSTRESN"), place_of(score)
    after = case.baseline is not None and place >= case.baseline
    base = bases.get(series_of(score, row)) if after else None
    change = value - base if isinstance(value, int) and isinstance(base, int) else None
    return {
        "STUDYID": row["STUDYID"],
        "USUBJID": row["USUBJID"],
        **parameter_columns(parameters_of(case.campaign.instrument)[str(score["PARAMCD"])]),
        "EVALID": row["MKEVALID"],
        "CAMPGN": row["MKGRPID"],
        "READREP": row["MKREPNUM"],
        "JNTLOC": row["MKLOC"],
        "JNTLAT": row["MKLAT"],
        "JNTSIDE": row["MKDIR"],
        "AVAL": value,
        "BASE": base,
        "CHG": change,
        "BASETYPE": f"CAMPAIGN {row['MKGRPID']} REPEAT {row['MKREPNUM']}",
        "ABLFL": "Y" if place == case.baseline and value is not None else "",
        "ANL01FL": row["MKACPTFL"],
        **visit_columns(case.visit(score)),
        "NAREAS": row.get("MKREASND", ""),
        "SRCDOM": "MK",
        "SRCVAR": "MKSTRESN",
        "SRCSEQ": row["MKSEQ"],
    }
