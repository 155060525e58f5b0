"""The rows of SUPPMK, PR and RELREC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scoring.cdisc.facts import CampaignFacts, CaseFacts, FilmVisit, in_order, without_day_0
from scoring.cdisc.readings import ADJUDICATOR
from scoring.cdisc.sdtm import PR, SUPPMK
from scoring.cdisc.terms import FIXED
from scoring.cdisc.variables import Row

QUALIFIERS = {term.value: term.says for one in FIXED if one.name == "QNAM" for term in one.terms}
ORIGINS = {"MKBLDPOS": "ASSIGNED", "MKCAMP": "ASSIGNED", "MKRDRID": "ASSIGNED", "MKADJRSN": "DERIVED"}
INTRA_READER, CORRECTION = "INTRA-READER", "CORRECTION"


def supp_rows(case: CaseFacts, scored: Sequence[tuple[Row, Row]]) -> list[dict[str, object]]:
    """Qualifiers once for each reading of a visit, and for each score without a grade."""
    groups = {str(row["MKLNKGRP"]): score for score, row in scored}
    rows = [
        *(
            supplemental(case, "MKLNKGRP", group, name, value)
            for group, score in groups.items()
            for name, value in of_reading(case, score)
        ),
        *(
            supplemental(case, "MKSEQ", str(row["MKSEQ"]), "MKNACAT", str(score["NAREASON"]))
            for score, row in scored
            if score["NAREASON"]
        ),
    ]
    return sorted(rows, key=lambda row: [str(row.get(key)) for key in SUPPMK.keys])


def of_reading(case: CaseFacts, score: Row) -> Iterator[tuple[str, str]]:
    """The qualifiers of one reader's reading of one visit."""
    campaign = case.campaign
    yield "MKCAMP", f"CAMPAIGN {campaign.campaign}, CHARTER VERSION {campaign.charter_version}"
    yield "MKRDRID", str(score["READERID"])
    yield "MKBLDPOS", str(score["BLINDPOS"])
    yield "MKENTMOD", "VIEWER"
    yield "MKREADTC", str(score["SIGNDTC"])
    if score["REPEATFL"]:
        yield "MKREPTYP", INTRA_READER
    elif score["READID"] in case.corrected:
        yield "MKREPTYP", CORRECTION
    if score["READER"] == ADJUDICATOR:
        yield "MKADJRSN", case.adjudicated_because


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
