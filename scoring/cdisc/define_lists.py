"""The codelists of define.xml: controlled terms, our own lists, and the grades of each test with their texts."""

from __future__ import annotations

from collections.abc import Iterator

import odmlib.define_2_1.model as define

from instruments.definition import Item
from scoring.cdisc.facts import CampaignFacts
from scoring.cdisc.scored import named_test
from scoring.cdisc.terms import Codelist, Term

NCI = "nci:ExtCodeID"


def codelist(one: Codelist) -> define.CodeList:
    """A list with its terms; with a decoded text for each as soon as one has any."""
    published = {"StandardOID": f"STD.CT.{one.standard}"} if one.code else {"IsNonStandard": "Yes"}
    found = define.CodeList(OID=f"CL.{one.name}", Name=one.label, DataType="text", **published)
    if any(term.says for term in one.terms):
        found.CodeListItem.extend(map(decoded, one.terms))
    else:
        found.EnumeratedItem.extend(map(enumerated, one.terms))
    if one.code:
        found.Alias.append(define.Alias(Context=NCI, Name=one.code))
    return found


def decoded(term: Term) -> define.CodeListItem:
    """A term with its decoded text."""
    found = define.CodeListItem(CodedValue=term.value, **extension(term))
    found.Decode = define.Decode()
    found.Decode.TranslatedText.append(define.TranslatedText(_content=term.says or term.value, lang="en"))
    found.Alias.extend(aliases(term))
    return found


def enumerated(term: Term) -> define.EnumeratedItem:
    """A term that needs no decoded text."""
    found = define.EnumeratedItem(CodedValue=term.value, **extension(term))
    found.Alias.extend(aliases(term))
    return found


def extension(term: Term) -> dict[str, str]:
    """The mark of a term that the published list does not have."""
    return {"ExtendedValue": "Yes"} if term.extended else {}


def aliases(term: Term) -> list[define.Alias]:
    """The published code of a term."""
    return [define.Alias(Context=NCI, Name=term.code)] if term.code else []


def scored_places(campaign: CampaignFacts) -> dict[tuple[str, str], Item]:
    """The tests of each region, with one of their items, by test code and region."""
    instrument = campaign.instrument
    return {(named_test(instrument, one).testcd, one.region.upper()): one for one in instrument.items}


def grade_lists(campaign: CampaignFacts) -> Iterator[Codelist]:
    """The grades of each test in each region, in the wording of the charter."""
    for (testcd, region), item in scored_places(campaign).items():
        words = {grade: campaign.instrument.text_of(item, grade, campaign.wording or None) for grade in item.allowed}
        terms = tuple(Term(str(grade), says) for grade, says in words.items())
        yield Codelist(f"GRADE.{testcd}.{region}", f"Grades of {testcd}, {region.lower()}", terms)
