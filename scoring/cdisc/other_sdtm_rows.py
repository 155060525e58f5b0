"""The rows of SUPPMK, PR and RELREC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scoring.cdisc.facts import CampaignFacts, CaseFacts, FilmVisit, in_order, without_day_0
from scoring.cdisc.readings import ADJUDICATOR, Reading
from scoring.cdisc.sdtm import PR, SUPPMK
from scoring.cdisc.terms import FIXED
from scoring.cdisc.variables import Row

QUALIFIERS = {term.value: term.says for one in FIXED if one.name == "QNAM" for term in one.terms}
ORIGINS = {"MKBLDPOS": "ASSIGNED", "MKCAMP": "ASSIGNED", "MKRDRID": "ASSIGNED", "MKADJRSN": "DERIVED"}
INTRA_READER, CORRECTION = "INTRA-READER", "CORRECTION"


def supp_rows(case: CaseFacts, readings: Sequence[Reading]) -> list[dict[str, object]]:
    """Qualifiers once for each reading of a visit, and for each score without a grade; `readings` as in MK."""
    scores = [score for one in readings for score in one.scores.values()]
    rows = [
        *(supplemental(case, "MKLNKGRP", one.group, *named) for one in readings for named in of_reading(one)),
        *(
            supplemental(case, "MKSEQ", str(number), "MKNACAT", str(score["NAREASON"]))
            for number, score in enumerate(scores, start=1)
            if score["NAREASON"]
        ),
    ]
    return sorted(rows, key=lambda row: [str(row.get(key)) for key in SUPPMK.keys])


def of_reading(reading: Reading) -> Iterator[tuple[str, str]]:
    """The qualifiers of one reader's reading of one visit."""
    campaign, row = reading.case.campaign, reading.row
    yield "MKCAMP", f"CAMPAIGN {campaign.campaign}, CHARTER VERSION {campaign.charter_version}"
    yield "MKRDRID", str(row["READERID"])
    yield "MKBLDPOS", str(row["BLINDPOS"])
    yield "MKENTMOD", "VIEWER"
    yield "MKREADTC", str(row["SIGNDTC"])
    if row["REPEATFL"]:
        yield "MKREPTYP", INTRA_READER
    elif row["READID"] in reading.case.corrected:
        yield "MKREPTYP", CORRECTION
    if reading.slot == ADJUDICATOR:
        yield "MKADJRSN", reading.case.adjudicated_because


def supplemental(case: CaseFacts, variable: str, value: str, name: str, content: str) -> dict[str, object]:
    """One row of SUPPMK."""
    return {
        "STUDYID": case.campaign.study,
        "RDOMAIN": "MK",
        "USUBJID": case.subject,
        "IDVAR": variable,
        "IDVARVAL": value,
        "QNAM": name,
        "QLABEL": QUALIFIERS[name],
        "QVAL": content,
        "QORIG": ORIGINS.get(name, "COLLECTED"),
    }


def pr_rows(case: CaseFacts) -> list[dict[str, object]]:
    """The image sets of a case."""
    made = [pr_row(case, visit, region) for visit in case.visits for region in regions_of(visit)]
    return in_order(made, PR.keys, "PRSEQ")


def regions_of(visit: FilmVisit) -> Iterable[str]:
    """The regions of which a film exists."""
    return dict.fromkeys(region for region, _ in visit.films)


def pr_row(case: CaseFacts, visit: FilmVisit, region: str) -> dict[str, object]:
    """The radiographs of one region at one visit."""
    days = {side: day for (found, side), day in visit.films.items() if found == region}
    sides = {"L": "LEFT", "R": "RIGHT"}
    code = f"{visit.code}-{region.upper()}"
    return {
        "STUDYID": case.campaign.study,
        "DOMAIN": "PR",
        "USUBJID": case.subject,
        "PRSPID": code,
        "PRLNKID": code,
        "PRTRT": f"RADIOGRAPH OF {'HANDS' if region == 'hand' else 'FEET'}",
        "PRDECOD": "X-RAY",
        "PRLOC": region.upper(),
        "PRLAT": "BILATERAL" if len(days) == 2 else sides[next(iter(days))],
        "VISITNUM": visit.number,
        "VISIT": visit.code,
        "VISITDY": without_day_0(visit.planned_day),
        "PRSTDTC": min(days.values()),
    }


def relrec_rows(campaign: CampaignFacts) -> list[Row]:
    """An image set has many scores."""
    return [
        {"STUDYID": campaign.study, "RDOMAIN": domain, "IDVAR": variable, "RELTYPE": kind, "RELID": "PRMK"}
        for domain, variable, kind in (("MK", "MKLNKID", "MANY"), ("PR", "PRLNKID", "ONE"))
    ]
