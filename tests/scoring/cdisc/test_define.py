"""define.xml is valid by the schema of CDISC, complete, free of orphans, and says what the files hold."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import odmlib
import pytest
import xmlschema

import instruments
from scoring.cdisc.define import define_xml
from scoring.cdisc.facts import CampaignFacts
from scoring.cdisc.transfer import TABLES
from scoring.cdisc.xport import TransportFile
from tests.scoring.cdisc.transport_reader import parsed

SCHEMA = Path(odmlib.__file__).parent / "schemas/define/2.1/define2-1-0.xsd"
ODM, DEF = "{http://www.cdisc.org/ns/odm/v1.3}", "{http://www.cdisc.org/ns/def/v2.1}"
# Attributes that name something defined elsewhere in the document.
REFERENCES = (
    "ItemOID", f"{DEF}ItemOID", "CodeListOID", "MethodOID", f"{DEF}CommentOID", "ValueListOID", "WhereClauseOID",
    f"{DEF}StandardOID", f"{DEF}ArchiveLocationID", "leafID",
)  # fmt: skip
# What needs no reference: the containers, and the packages of terms and standards themselves.
ROOTS = {f"{ODM}Study", f"{ODM}MetaDataVersion", f"{ODM}ItemGroupDef"}


def made(key: str) -> bytes:
    return define_xml(CampaignFacts("TWO", "C1", 1, instruments.get(key)), TABLES)


def parts(key: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(made(key)).iter())


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMA)


@pytest.mark.parametrize("key", instruments.KEYS)
def test_the_document_is_valid_by_the_schema_of_define_xml(schema: xmlschema.XMLSchema, key: str) -> None:
    assert [str(error) for error in schema.iter_errors(io.BytesIO(made(key)))] == []


@pytest.mark.parametrize("key", instruments.KEYS)
def test_every_reference_has_a_target_and_everything_defined_is_referred_to(key: str) -> None:
    defined = [(part.tag, oid) for part in parts(key) if (oid := part.get("OID") or part.get("ID"))]
    assert [oid for oid, times in Counter(oid for _, oid in defined).items() if times > 1] == []
    referred = {part.get(name) for part in parts(key) for name in REFERENCES if part.get(name)}
    assert referred - {oid for _, oid in defined} == set()
    assert [oid for tag, oid in defined if oid not in referred and tag not in ROOTS] == []


def test_an_orphan_would_be_found() -> None:
    """The check above is no formality: a method that nothing names is an orphan."""
    methods = [part.get("OID") for part in parts("svdh") if part.tag == f"{ODM}MethodDef"]
    assert "MT.ADXR.CHG" in methods
    refs = [part.get("MethodOID") for part in parts("svdh") if part.get("MethodOID")]
    assert sorted(filter(None, methods)) == sorted(filter(None, refs))


def test_names_labels_types_and_lengths_are_those_of_the_files() -> None:
    items = {part.get("OID"): part for part in parts("svdh") if part.tag == f"{ODM}ItemDef"}
    groups = {part.get("Name"): part for part in parts("svdh") if part.tag == f"{ODM}ItemGroupDef"}
    for table in TABLES:
        with io.BytesIO() as file:
            TransportFile(file, table).close()
            found = parsed(file.getvalue())
        refs = groups[table.name].findall(f"{ODM}ItemRef")
        assert [ref.get("ItemOID") for ref in refs] == [f"IT.{table.name}.{one.name}" for one in found.variables]
        for one, ref in zip(found.variables, refs, strict=True):
            item = items[ref.get("ItemOID")]
            assert item.findtext(f"{ODM}Description/{ODM}TranslatedText") == one.label
            assert (item.get("DataType") in ("integer", "float")) == one.number
            assert item.get("Length") in (None, str(one.length))
        keys = {int(place): ref.get("ItemOID") for ref in refs if (place := ref.get("KeySequence"))}
        assert [keys[place] for place in sorted(keys)] == [f"IT.{table.name}.{key}" for key in table.keys]


def test_results_have_the_grades_of_their_test_and_region_in_the_words_of_the_charter() -> None:
    """A foot joint scored as one value has 0 to 10, a hand 0 to 5: one list would be wrong for one of them."""
    lists = {part.get("OID"): part for part in parts("svdh") if part.tag == f"{ODM}CodeList"}
    grades = {
        region: [item.get("CodedValue") for item in lists[f"CL.GRADE.SVBESCR.{region}"].iter(f"{ODM}CodeListItem")]
        for region in ("HAND", "FOOT")
    }
    assert grades == {"HAND": [str(n) for n in range(6)], "FOOT": [str(n) for n in range(11)]}
    words = {}
    for wording in ("cdisc-2025", "jrheum-sums"):
        facts = CampaignFacts("TWO", "C1", 1, instruments.get("svdh"), wording)
        root = ElementTree.fromstring(define_xml(facts, TABLES))
        (narrowing,) = [one for one in root.iter(f"{ODM}CodeList") if one.get("OID") == "CL.GRADE.SVJSNSCR.HAND"]
        words[wording] = [text.text for text in narrowing.iter(f"{ODM}TranslatedText")][4]
    assert words == {
        "cdisc-2025": "Ankylosis or complete dislocation",
        "jrheum-sums": "Bony ankylosis or complete luxation",
    }


def test_terms_that_no_published_list_has_are_marked_as_ours() -> None:
    extended = {part.get("CodedValue") for part in parts("larsen-1995") if part.get(f"{DEF}ExtendedValue") == "Yes"}
    assert {"LARS95SC", "DISTAL RADIAL"} <= extended
    assert "METACARPOPHALANGEAL JOINT 2" not in extended
    nothing_of_ours = {part.get("CodedValue") for part in parts("svdh") if part.get(f"{DEF}ExtendedValue") == "Yes"}
    assert nothing_of_ours == {"TRAPEZIAL AND TRAPEZOID BONES"}


def test_the_same_campaign_gives_the_same_bytes() -> None:
    assert made("svdh") == made("svdh")
