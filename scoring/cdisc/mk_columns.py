"""The columns of MK: one row for each score of every signed read, as it was signed."""

from __future__ import annotations

from functools import partial

from instruments.definition import Instrument, Item
from scoring.cdisc.columns import CellColumn, RowBlock, column_of
from scoring.cdisc.facts import CampaignFacts, without_day_0
from scoring.cdisc.readings import ADJUDICATOR, Reading
from scoring.cdisc.scored import CATEGORIES, dir_of, loc_of, named_test
from scoring.cdisc.scored_rows import ScoredRows, columns_of
from scoring.cdisc.variables import Row


def mk_block(campaign: CampaignFacts, scored: ScoredRows) -> RowBlock:
    """The rows of MK."""
    columns = {
        **scored.same({"STUDYID": campaign.study, "DOMAIN": "MK", "MKGRPID": campaign.campaign}),
        "MKSEQ": scored.number,
        "MKSPID": column_of([f"{one.group}.{code}" for one in scored.readings for code in one.scores]),
        **scored.by_item(partial(item_columns, campaign.instrument)),
        **scored.by_reading(reading_columns),
        **scored.by_both(lambda item: item.region, region_columns),
        **scored.by_both(lambda item: f"{item.region}-{item.side}", film_columns),
        **scored.by_both(lambda item: f"{item.feature}-{item.region}", group_columns),
        **result_columns(campaign.instrument, scored),
    }
    return RowBlock(len(scored), columns)


def item_columns(instrument: Instrument, item: Item) -> Row:
    """The columns common to the records of an item."""
    test = named_test(instrument, item)
    return {
        "MKTESTCD": test.testcd,
        "MKTEST": test.test,
        "MKCAT": CATEGORIES[instrument.key],
        "MKSCAT": item.region.upper(),
        "MKLOC": loc_of(item)[0],
        "MKLAT": item.terms.lat,
        "MKDIR": dir_of(item)[0],
        "MKMETHOD": item.terms.method,
    }


def reading_columns(reading: Reading) -> Row:
    """The columns common to the records of a reading."""
    visit = reading.visit
    return {
        "USUBJID": reading.case.subject,
        "MKLNKGRP": reading.group,
        "MKEVAL": "ADJUDICATOR" if reading.slot == ADJUDICATOR else "INDEPENDENT ASSESSOR",
        "MKEVALID": reading.evaluator,
        "MKREPNUM": reading.repetition,
        "VISITNUM": visit.number,
        "VISIT": visit.code,
        "VISITDY": without_day_0(visit.planned_day),
    }


def region_columns(reading: Reading, region: str) -> Row:
    """The image set of a region; empty if no film of it exists."""
    visit = reading.visit
    images = f"{visit.code}-{region.upper()}" if any(region == found for found, _ in visit.films) else ""
    return {"MKREFID": images, "MKLNKID": images}


def film_columns(reading: Reading, place: str) -> Row:
    """The day of the film of a region and side; of the visit when it is absent."""
    region, _, side = place.partition("-")
    return {"MKDTC": reading.visit.films.get((region, side), reading.visit.day)}


def group_columns(reading: Reading, group: str) -> Row:
    """Whether the result of the case uses the values of a feature and region."""
    return {"MKACPTFL": "Y" if reading.decides(group) else ""}


def result_columns(instrument: Instrument, scored: ScoredRows) -> dict[str, CellColumn]:
    """The grade in three forms, or the reason why there is none."""
    entered = [(score["AVAL"], score["NAREASON"]) for score in scored.scores]
    results = [result_of(instrument, grade, reason) for grade, reason in dict.fromkeys(entered)]
    return columns_of(results, column_of(entered).places)


def result_of(instrument: Instrument, grade: object, reason: object) -> Row:
    """The entry."""
    if grade == "":
        label = instrument.reason(str(reason)).label.upper()
        return {"MKORRES": "", "MKSTRESC": "", "MKSTRESN": None, "MKSTAT": "NOT DONE", "MKREASND": label}
    text = str(grade)
    return {"MKORRES": text, "MKSTRESC": text, "MKSTRESN": int(text), "MKSTAT": "", "MKREASND": ""}
