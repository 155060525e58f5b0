"""Value-level metadata of define.xml: results by test and region, qualifiers by their name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import odmlib.define_2_1.model as define

from scoring.cdisc.define_lists import scored_places
from scoring.cdisc.facts import CampaignFacts
from scoring.cdisc.sdtm import MK, SUPPMK
from scoring.cdisc.terms import FIXED
from scoring.cdisc.variables import TransferTable

LENGTHS = {"MKORRES": 20, "MKSTRESC": 20, "QVAL": 200}
COLLECTED, ASSIGNED = "Collected", "Assigned"


@dataclass(frozen=True)
class ValueLevels:
    """The values of one variable: the list, its conditions, and an item for each."""

    variable: tuple[str, str]
    listed: define.ValueListDef
    clauses: tuple[define.WhereClauseDef, ...]
    items: tuple[define.ItemDef, ...]


@dataclass(frozen=True)
class ValueLevel:
    """One kind of value: its name, the values of other variables on which it depends, its label and codelist."""

    name: str
    conditions: Mapping[str, str]
    label: str
    origin: str
    codelist: str = ""


def values_of(campaign: CampaignFacts, tables: Sequence[TransferTable]) -> list[ValueLevels]:
    """Every list of values of these datasets; conditions are shared by the variables of a dataset."""
    found = []
    if MK in tables:
        results = [
            ValueLevel(
                f"{testcd}.{region}",
                {"MKTESTCD": testcd, "MKSCAT": region},
                f"Grade of {testcd}, {region.lower()}",
                COLLECTED,
                f"CL.GRADE.{testcd}.{region}",
            )
            for testcd, region in scored_places(campaign)
        ]
        found.append(listed(MK, "MKORRES", results))
        found.append(listed(MK, "MKSTRESC", results, shares_clauses=True))
    if SUPPMK in tables:
        found.append(listed(SUPPMK, "QVAL", list(qualifiers())))
    return found


def qualifiers() -> Iterator[ValueLevel]:
    """The supplemental qualifiers."""
    (names,) = [one for one in FIXED if one.name == "QNAM"]
    for term in names.terms:
        yield ValueLevel(term.value, {"QNAM": term.value}, term.says, ASSIGNED)


def listed(
    table: TransferTable, variable: str, cases: Sequence[ValueLevel], *, shares_clauses: bool = False
) -> ValueLevels:
    """The list of one variable."""
    found = define.ValueListDef(OID=f"VL.{table.name}.{variable}")
    for place, case in enumerate(cases, start=1):
        ref = define.ItemRef(ItemOID=f"IT.{table.name}.{variable}.{case.name}", OrderNumber=place, Mandatory="No")
        ref.WhereClauseRef.append(define.WhereClauseRef(WhereClauseOID=f"WC.{table.name}.{case.name}"))
        found.ItemRef.append(ref)
    clauses = () if shares_clauses else tuple(clause(table, case) for case in cases)
    return ValueLevels((table.name, variable), found, clauses, tuple(item(table, variable, case) for case in cases))


def clause(table: TransferTable, case: ValueLevel) -> define.WhereClauseDef:
    """The condition under which a value is of this kind."""
    found = define.WhereClauseDef(OID=f"WC.{table.name}.{case.name}")
    for name, value in case.conditions.items():
        check = define.RangeCheck(Comparator="EQ", SoftHard="Soft", ItemOID=f"IT.{table.name}.{name}")
        check.CheckValue.append(define.CheckValue(_content=value))
        found.RangeCheck.append(check)
    return found


def item(table: TransferTable, variable: str, case: ValueLevel) -> define.ItemDef:
    """The definition of values of this kind."""
    found = define.ItemDef(
        OID=f"IT.{table.name}.{variable}.{case.name}",
        Name=variable,
        DataType="text",
        Length=LENGTHS[variable],
        SASFieldName=variable,
    )
    found.Description = define.Description()
    found.Description.TranslatedText.append(define.TranslatedText(_content=case.label, lang="en"))
    if case.codelist:
        found.CodeListRef = define.CodeListRef(CodeListOID=case.codelist)
    found.Origin.append(define.Origin(Type=case.origin, Source="Vendor"))
    return found
