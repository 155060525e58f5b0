"""The rows of MK: one for each score of every signed read, as it was signed."""

from __future__ import annotations

from functools import cache

from instruments.definition import Instrument
from scoring.cdisc.facts import CaseFacts, in_order, without_day_0
from scoring.cdisc.readings import ADJUDICATOR, evaluator_of, reading_of, repetitions, short_slot
from scoring.cdisc.scored import CATEGORIES, dir_of, loc_of, named_test
from scoring.cdisc.sdtm import MK
from scoring.cdisc.variables import Row


def mk_rows(case: CaseFacts) -> list[tuple[Row, dict[str, object]]]:
    """Each row of scores.csv with its row of MK, in the order of the keys and numbered."""
    numbers = repetitions(case.scores)
    made = {}
    for score in case.scores:
        row = mk_row(case, score, numbers[reading_of(score)])
        made[str(row["MKSPID"])] = score, row
    ordered = in_order([row for _, row in made.values()], MK.keys, "MKSEQ")
    return [made[str(row["MKSPID"])] for row in ordered]


def mk_row(case: CaseFacts, score: Row, repetition: int) -> dict[str, object]:
    """The row of one score."""
    visit, item, slot = case.visit(score), case.campaign.items[str(score["PARAMCD"])], str(score["READER"])
    images = f"{visit.code}-{item.region.upper()}" if any(region == item.region for region, _ in visit.films) else ""
    group = f"{short_slot(slot)}.{repetition}.{score['VISITNUM']}"
    return {
        "STUDYID": case.campaign.study,
        "DOMAIN": "MK",
        "USUBJID": case.subject,
        "MKGRPID": case.campaign.campaign,
        "MKREFID": images,
        "MKSPID": f"{group}.{item.paramcd}",
        "MKLNKID": images,
        "MKLNKGRP": group,
        **item_columns(case.campaign.instrument)[item.paramcd],
        **result_of(case, score),
        "MKEVAL": "ADJUDICATOR" if slot == ADJUDICATOR else "INDEPENDENT ASSESSOR",
        "MKEVALID": evaluator_of(slot),
        "MKACPTFL": "Y" if case.decides(score) else "",
        "MKREPNUM": repetition,
        "VISITNUM": visit.number,
        "VISIT": visit.code,
        "VISITDY": without_day_0(visit.planned_day),
        "MKDTC": visit.films.get((item.region, item.side), visit.day),
    }


@cache
def item_columns(instrument: Instrument) -> dict[str, Row]:
    """What the records of each item have in common, by PARAMCD."""
    columns: dict[str, Row] = {}
    for item in instrument.items:
        test = named_test(instrument, item)
        columns[item.paramcd] = {
            "MKTESTCD": test.testcd,
            "MKTEST": test.test,
            "MKCAT": CATEGORIES[instrument.key],
            "MKSCAT": item.region.upper(),
            "MKLOC": loc_of(item)[0],
            "MKLAT": item.terms.lat,
            "MKDIR": dir_of(item)[0],
            "MKMETHOD": item.terms.method,
        }
    return columns


def result_of(case: CaseFacts, score: Row) -> Row:
    """The grade in three forms, or why there is none."""
    if score["AVAL"] == "":
        reason = case.campaign.instrument.reason(str(score["NAREASON"]))
        return {"MKSTAT": "NOT DONE", "MKREASND": reason.label.upper()}
    grade = str(score["AVAL"])
    return {"MKORRES": grade, "MKSTRESC": grade, "MKSTRESN": int(grade)}
