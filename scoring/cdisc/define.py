"""define.xml: the description of a transfer for programs and reviewers, in Define-XML 2.1, by odmlib.

Nothing in it depends on the time of writing. Tests check it against the schema and for references without a target.
"""

from __future__ import annotations

from collections.abc import Sequence

import odmlib.define_2_1.model as define
from odmlib.ns_registry import NamespaceRegistry

from scoring.cdisc.define_lists import codelist, grade_lists
from scoring.cdisc.define_values import ValueLevels, values_of
from scoring.cdisc.facts import CampaignFacts
from scoring.cdisc.terms import ADAM_CT, SDTM_CT, Codelist, codelists
from scoring.cdisc.variables import DATE_TEXTS, DefineOrigin, TransferTable, Variable

WRITTEN_AT = "1960-01-01T00:00:00"
STANDARDS = (
    ("STD.SDTMIG", "SDTMIG", "IG", "3.4", ""),
    ("STD.ADaMIG", "ADaMIG", "IG", "1.3", ""),
    ("STD.CT.SDTM", "CDISC/NCI", "CT", SDTM_CT, "SDTM"),
    ("STD.CT.ADaM", "CDISC/NCI", "CT", ADAM_CT, "ADaM"),
)
# Variables that are never empty, besides the keys.
FILLED = {
    *("STUDYID", "DOMAIN", "RDOMAIN", "USUBJID", "MKSEQ", "PRSEQ", "ASEQ", "MKTESTCD", "MKTEST", "PRTRT"),
    *("PARAM", "PARAMCD", "PARAMN", "IDVAR", "QNAM", "QLABEL", "QVAL", "RELID", "RELTYPE", "BASETYPE"),
}


def define_xml(campaign: CampaignFacts, tables: Sequence[TransferTable]) -> bytes:
    """The document, with one line for each element."""
    NamespaceRegistry(prefix="odm", uri="http://www.cdisc.org/ns/odm/v1.3", is_default=True)
    NamespaceRegistry(prefix="def", uri="http://www.cdisc.org/ns/def/v2.1")
    NamespaceRegistry(prefix="xlink", uri="http://www.w3.org/1999/xlink")
    text: str = document(campaign, tables).to_xml_string(xml_declaration=True)
    return (text.replace("><", ">\n<") + "\n").encode("utf-8")


def document(campaign: CampaignFacts, tables: Sequence[TransferTable]) -> define.ODM:
    """The root with the study and its one version of metadata."""
    name = f"{campaign.study}.{campaign.campaign}"
    root = define.ODM(
        FileType="Snapshot",
        FileOID=f"DEFINE.{name}",
        CreationDateTime=WRITTEN_AT,
        ODMVersion="1.3.2",
        Originator="Blindread",
        Context="Other",
    )
    root.Study = define.Study(OID=f"STUDY.{campaign.study}")
    root.Study.GlobalVariables = global_variables(campaign)
    root.Study.MetaDataVersion = metadata(campaign, name, tables)
    return root


def global_variables(campaign: CampaignFacts) -> define.GlobalVariables:
    """The identification of the study."""
    found = define.GlobalVariables()
    found.StudyName = define.StudyName(_content=campaign.study)
    found.StudyDescription = define.StudyDescription(
        _content=f"Central reading of radiographs, campaign {campaign.campaign}, {campaign.instrument.title}"
    )
    found.ProtocolName = define.ProtocolName(_content=campaign.study)
    return found


def metadata(campaign: CampaignFacts, name: str, tables: Sequence[TransferTable]) -> define.MetaDataVersion:
    """Datasets, variables, lists, methods and comments."""
    lists = codelists(campaign.instrument, campaign.readers, campaign.criterion)
    found = define.MetaDataVersion(
        OID=f"MDV.{name}", Name=name, Description="SDTM and ADaM datasets of one campaign", DefineVersion="2.1.0"
    )
    found.Standards = define.Standards()
    found.Standards.Standard.extend(map(standard, STANDARDS))
    for values in values_of(campaign, tables):
        found.ValueListDef.append(values.listed)
        found.WhereClauseDef.extend(values.clauses)
        found.ItemDef.extend(values.items)
    for table in tables:
        add_table(found, table, lists, {values.variable: values for values in values_of(campaign, tables)})
    for one in (*lists.values(), *grade_lists(campaign)):
        found.CodeList.append(codelist(one))
    return found


def standard(given: tuple[str, str, str, str, str]) -> define.Standard:
    """A standard or a package of controlled terms."""
    oid, name, kind, version, published = given
    more = {"PublishingSet": published} if published else {}
    return define.Standard(OID=oid, Name=name, Type=kind, Version=version, Status="Final", **more)


def add_table(
    found: define.MetaDataVersion,
    table: TransferTable,
    lists: dict[str, Codelist],
    values: dict[tuple[str, str], ValueLevels],
) -> None:
    """A dataset with its variables, and the methods and comments that these need."""
    group = define.ItemGroupDef(
        OID=f"IG.{table.name}",
        Name=table.name,
        Domain=table.name if table.standard != "ADaMIG" else None,
        Repeating="Yes",
        IsReferenceData="No",
        SASDatasetName=table.name,
        Purpose="Analysis" if table.standard == "ADaMIG" else "Tabulation",
        Structure=table.structure,
        StandardOID=f"STD.{table.standard}",
        ArchiveLocationID=f"LF.{table.name}",
    )
    group.Description = described(table.label)
    group.Class = define.Class(Name=table.kind)
    group.leaf = define.leaf(ID=f"LF.{table.name}", href=table.file)
    group.leaf.title = define.title(_content=table.file)
    for place, one in enumerate(table.variables, start=1):
        group.ItemRef.append(item_ref(table, one, place))
        found.ItemDef.append(item_def(table, one, lists, values.get((table.name, one.name))))
        if one.origin == DefineOrigin.DERIVED:
            found.MethodDef.append(method(table, one))
        elif has_comment(one):
            found.CommentDef.append(comment(table, one))
    found.ItemGroupDef.append(group)


def item_ref(table: TransferTable, one: Variable, place: int) -> define.ItemRef:
    """A variable at its position in a dataset."""
    empty = one.origin == DefineOrigin.NOT_AVAILABLE
    given: dict[str, object] = {"ItemOID": f"IT.{table.name}.{one.name}", "OrderNumber": place}
    given["Mandatory"] = "Yes" if one.name in FILLED and not empty else "No"
    if one.name in table.keys:
        given["KeySequence"] = table.keys.index(one.name) + 1
    if one.origin == DefineOrigin.DERIVED:
        given["MethodOID"] = f"MT.{table.name}.{one.name}"
    if empty:
        given["HasNoData"] = "Yes"
    return define.ItemRef(**given)


def item_def(
    table: TransferTable, one: Variable, lists: dict[str, Codelist], values: ValueLevels | None
) -> define.ItemDef:
    """A variable and the origin of its values."""
    given: dict[str, object] = {"OID": f"IT.{table.name}.{one.name}", "Name": one.name, "SASFieldName": one.name}
    given |= typed(one)
    if has_comment(one):
        given["CommentOID"] = f"COM.{table.name}.{one.name}"
    found = define.ItemDef(**given)
    found.Description = described(one.label)
    if one.codelist in lists:
        found.CodeListRef = define.CodeListRef(CodeListOID=f"CL.{one.codelist}")
    found.Origin.append(origin(one))
    if values:
        found.ValueListRef = define.ValueListRef(ValueListOID=values.listed.OID)
    return found


def typed(one: Variable) -> dict[str, object]:
    """Type, length and format."""
    if one.name in DATE_TEXTS:
        return {"DataType": "date"}
    if not one.number:
        return {"DataType": "text", "Length": one.length}
    kind: dict[str, object] = {"DataType": "float" if one.digits else "integer", "Length": one.length}
    if one.digits:
        kind["SignificantDigits"] = one.digits
    if one.format:
        kind["DisplayFormat"] = one.format
    return kind


def has_comment(one: Variable) -> bool:
    """Whether the text about a variable is a comment: a derived variable has a method, a copied one its origin."""
    return bool(one.says) and one.origin not in (DefineOrigin.DERIVED, DefineOrigin.PREDECESSOR)


def origin(one: Variable) -> define.Origin:
    """The origin of the values; an empty variable has no source."""
    if one.origin == DefineOrigin.NOT_AVAILABLE:
        return define.Origin(Type=one.origin.value)
    if one.origin == DefineOrigin.PREDECESSOR:
        found = define.Origin(Type=one.origin.value)
        found.Description = described(one.says)
        return found
    return define.Origin(Type=one.origin.value, Source=one.source)


def method(table: TransferTable, one: Variable) -> define.MethodDef:
    """How a variable is derived."""
    found = define.MethodDef(
        OID=f"MT.{table.name}.{one.name}", Name=f"Derivation of {table.name}.{one.name}", Type="Computation"
    )
    found.Description = described(one.says)
    return found


def comment(table: TransferTable, one: Variable) -> define.CommentDef:
    """The comment on a variable."""
    found = define.CommentDef(OID=f"COM.{table.name}.{one.name}")
    found.Description = described(one.says)
    return found


def described(text: str) -> define.Description:
    """A text in English."""
    found = define.Description()
    found.TranslatedText.append(define.TranslatedText(_content=text, lang="en"))
    return found
