"""Controlled terms of a transfer: the lists of one instrument, each term with its published code or marked as ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from instruments.definition import Instrument
from instruments.not_assessable import ABSENT
from instruments.progression import HALF
from scoring.cdisc.facts import READERS
from scoring.cdisc.parameters import Parameter, joint_parameters, reader_slots, total_parameters
from scoring.cdisc.scored import CATEGORIES, dir_of, loc_of, named_test

# The packages in which the codes below were found.
SDTM_CT, ADAM_CT = "2025-03-28", "2026-03-27"


@dataclass(frozen=True)
class Term:
    """A value that may be written; `code` is its code in the NCI thesaurus, empty where none was verified.

    `extended` marks a value that the published list does not have.
    """

    value: str
    says: str = ""
    code: str = ""
    extended: bool = False


@dataclass(frozen=True)
class Codelist:
    """Every value of a variable; `code` is that of the published list, empty for a list of our own."""

    name: str
    label: str
    terms: tuple[Term, ...]
    code: str = ""
    standard: str = "SDTM"

    @property
    def values(self) -> tuple[str, ...]:
        """The values."""
        return tuple(term.value for term in self.terms)


YES = Term("Y", "Yes", "C49488")
PUBLISHED = (
    Term("READER 1", "Reader 1", "C94532"),
    Term("READER 2", "Reader 2", "C94533"),
    Term("READER 3", "Reader 3", "C139209"),
    Term("ADJUDICATOR 1", "Adjudicator 1", "C150867"),
)
FIXED = (
    Codelist(
        "DOMAIN",
        "SDTM Domain Abbreviation",
        (Term("MK", "Musculoskeletal System Findings"), Term("PR", "Procedures")),
        "C66734",
    ),
    Codelist("ND", "Not Done", (Term("NOT DONE", "Not Done", "C49484"),), "C66789"),
    Codelist("Y", "Yes Only", (YES,), "C66742"),
    Codelist("NY", "No Yes Response", (Term("N", "No", "C49487"), YES), "C66742"),
    Codelist("LAT", "Laterality", (Term("LEFT", "", "C25229"), Term("RIGHT", "", "C25228")), "C99073"),
    Codelist("METHOD", "Method", (Term("X-RAY", "", "C38101"),), "C85492"),
    Codelist(
        "EVAL",
        "Evaluator",
        (Term("INDEPENDENT ASSESSOR", "", "C78720"), Term("ADJUDICATOR", "", "C96561")),
        "C78735",
    ),
    Codelist("PRTRT", "Radiographs", (Term("RADIOGRAPH OF HANDS"), Term("RADIOGRAPH OF FEET"))),
    Codelist("PROCEDUR", "Procedure", (Term("X-RAY", "", "C38101"),), "C101858"),
    Codelist("PRLOC", "Location of Radiographs", (Term("HAND", "", "C32712"), Term("FOOT", "", "C32622")), "C74456"),
    Codelist(
        "PRLAT",
        "Laterality of Radiographs",
        (Term("LEFT", "", "C25229"), Term("RIGHT", "", "C25228"), Term("BILATERAL", "", "C13332")),
        "C99073",
    ),
    Codelist("IDVAR", "Identifying Variable", (Term("MKLNKGRP"), Term("MKSEQ"))),
    Codelist("RELIDVAR", "Identifying Variable of a Relationship", (Term("PRLNKID"), Term("MKLNKID"))),
    Codelist("RELTYPE", "Relationship Type", (Term("ONE"), Term("MANY")), "C78737"),
    Codelist(
        "QNAM",
        "Supplemental Qualifiers",
        (
            Term("MKADJRSN", "Adjudication Reason"),
            Term("MKBLDPOS", "Blinded Display Position"),
            Term("MKCAMP", "Reading Campaign"),
            Term("MKENTMOD", "Entry Method"),
            Term("MKNACAT", "Not Assessable Category"),
            Term("MKRDRID", "Reader Pseudonymous Identifier"),
            Term("MKREADTC", "Date/Time of Read"),
            Term("MKREPTYP", "Reason for Repeat Read"),
        ),
    ),
    Codelist("QORIG", "Origin of a Qualifier", (Term("ASSIGNED"), Term("COLLECTED"), Term("DERIVED"))),
    Codelist(
        "PARCAT1",
        "Whose Scores",
        (
            Term("SINGLE READER", "One reader"),
            Term("AVERAGE", "The mean of the readers who decide the case"),
            Term("ADJUDICATED", "The adjudicator"),
        ),
    ),
    Codelist(
        "DTYPE",
        "Derivation Type",
        (
            Term("EXTRAP", "Linear extrapolation", "C139176"),
            Term("INTERP", "Interpolation", "C81208"),
            Term("LOCF", "Last observation carried forward", "C81198"),
        ),
        "C81224",
        "ADaM",
    ),
    Codelist("SRCDOM", "Source Dataset", (Term("MK"),)),
    Codelist("SRCVAR", "Source Variable", (Term("MKSTRESN"),)),
)


def codelists(instrument: Instrument, readers: int = READERS, criterion: str = HALF.condition) -> dict[str, Codelist]:
    """Every list by its name: the fixed ones, and those that the instrument, the readers and the charter give."""
    criteria = Codelist("CRIT1", "Analysis Criterion", (Term(criterion),) if criterion else ())
    found = (*FIXED, criteria, evaluators(readers), *lists_of(instrument, readers))
    return {one.name: one for one in found if one.terms}


def evaluators(readers: int) -> Codelist:
    """Readers and adjudicator."""
    further = tuple(Term(slot, says, "", True) for slot, (_, says, _) in reader_slots(READERS + 1, readers).items())
    return Codelist("MEDEVAL", "Medical Evaluator Identifier", (*PUBLISHED, *further), "C96777")


def lists_of(instrument: Instrument, readers: int) -> tuple[Codelist, ...]:
    """Tests, sites and reasons of an instrument."""
    tests = dict.fromkeys(named_test(instrument, item) for item in instrument.items)
    places = dict.fromkeys(loc_of(item) for item in instrument.items)
    directions = dict.fromkeys(dir_of(item) for item in instrument.items if dir_of(item)[0])
    reasons = (*instrument.reasons, ABSENT)
    return (
        Codelist(
            "MUSCTSCD",
            "Musculoskeletal System Finding Test Code",
            tuple(Term(one.testcd, one.test, one.code, not one.code) for one in tests),
            "C127269",
        ),
        Codelist(
            "MUSCTS",
            "Musculoskeletal System Finding Test Name",
            tuple(Term(one.test, "", one.code, not one.code) for one in tests),
            "C127270",
        ),
        Codelist("MKCAT", "Instrument", (Term(CATEGORIES[instrument.key]),)),
        Codelist("MKSCAT", "Region", tuple(Term(region.upper()) for region in instrument.regions)),
        Codelist("LOC", "Anatomical Location", tuple(Term(one, "", code, not code) for one, code in places), "C74456"),
        Codelist("DIR", "Directionality", tuple(Term(one, "", "", ours) for one, ours in directions), "C99074"),
        Codelist("REASND", "Reason Not Done", tuple(Term(one.label.upper(), one.label) for one in reasons)),
        *parameter_lists("PARAM", total_parameters(instrument, readers).values()),
        *parameter_lists("JPARAM", joint_parameters(instrument).values()),
        Codelist("FEATURE", "Feature", tuple(Term(feature.upper()) for feature in instrument.features)),
    )


def parameter_lists(name: str, parameters: Iterable[Parameter]) -> tuple[Codelist, Codelist]:
    """The texts and the codes of the parameters of a dataset."""
    found = list(parameters)
    return (
        Codelist(name, "Parameter", tuple(Term(one.says) for one in found)),
        Codelist(f"{name}CD", "Parameter Code", tuple(Term(one.code, one.says) for one in found)),
    )
