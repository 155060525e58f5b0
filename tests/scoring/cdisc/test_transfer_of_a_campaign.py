"""The CDISC files of a campaign against its tables and against values worked out by hand (see small_campaign.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyreadstat
import pytest

import instruments
from reading.campaigns.opening import close_campaign
from reading.models import Campaign
from scoring.cdisc.facts import sas_date
from scoring.cdisc.parameters import total_parameters
from scoring.cdisc.transfer import TABLES
from scoring.datasets.verifier import verify
from scoring.models import Dataset
from tests.reading.builders import BuiltTrial
from tests.scoring.cdisc.small_campaign import (
    ADJUDICATED,
    INSTRUMENT,
    MISSING_SITE,
    NO_FEET,
    Record,
    build_small_trial,
    built,
    cells,
    every_key_is_unique_and_every_term_listed,
    picked,
    read_small_trial,
    records,
    the,
)
from tests.scoring.cdisc.transport_reader import TransportCell, read_transport
from tests.scoring.test_randomisation import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_small_trial()


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    campaign = read_small_trial(built_trial)
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    return campaign


def test_the_files_agree_with_the_tables_and_with_values_worked_out_by_hand(
    built_trial: BuiltTrial, campaign: Campaign, tmp_path: Path
) -> None:
    folder = built(built_trial, campaign, tmp_path / "first")
    assert verify(folder) == []
    scores_are_those_signed(folder)
    scores_by_hand(folder)
    radiographs(folder)
    qualifiers(folder)
    totals_are_exactly_those_of_the_table(folder)
    totals_by_hand(folder)
    joints(folder)
    every_key_is_unique_and_every_term_listed(folder, INSTRUMENT)
    another_reader_finds_the_same(folder)
    dataset_json_has_the_same_rows(folder)
    package_lists_the_files(folder)
    guides_are_filled(folder)
    again = built(built_trial, campaign, tmp_path / "second")
    assert len({dataset.root for dataset in Dataset.objects.all()}) == 1, "the same reads give the same bytes"
    assert (again / "cdisc/adxr.xpt").read_bytes() == (folder / "cdisc/adxr.xpt").read_bytes()


def scores_are_those_signed(folder: Path) -> None:
    """One record of MK for each row of scores.csv, cell for cell; the record's id leads back to the row."""
    slots = {"R1": "READER 1", "R2": "READER 2", "A1": "ADJUDICATOR"}
    found = {}
    for row in records(folder, "mk"):
        slot, repetition, place, paramcd = str(row["MKSPID"]).split(".")
        found[row["USUBJID"], slots[slot], place, paramcd] = cells(row, "MKSTRESN MKORRES MKSTAT VISIT")
        assert repetition == "1"
    listed = {
        (row["USUBJID"], row["READER"], row["VISITPOS"], row["PARAMCD"]): (
            [float(row["AVAL"]), row["AVAL"], "", row["VISIT"]] if row["AVAL"] else [None, "", "NOT DONE", row["VISIT"]]
        )
        for row in rows_of(folder / "scores.csv")
    }
    assert found == listed


def scores_by_hand(folder: Path) -> None:
    """A missing site says why; a foot joint has two records; an absent film is a reason too; who decides is flagged."""
    rows = records(folder, "mk")
    missing = the(
        rows, USUBJID=MISSING_SITE, VISIT="W52", MKEVALID="READER 1", MKTESTCD="SVBESCR", MKLAT="LEFT",
        MKLOC="METACARPOPHALANGEAL JOINT 2",
    )  # fmt: skip
    assert cells(missing, "MKORRES MKSTRESC MKSTRESN MKSTAT MKREASND MKREFID") == [
        "", "", None, "NOT DONE", "MISSING IMAGE", "W52-HAND",
    ]  # fmt: skip
    joint = picked(
        rows, USUBJID=ADJUDICATED, VISIT="W52", MKEVALID="ADJUDICATOR 1", MKTESTCD="SVBESCR", MKLAT="LEFT",
        MKLOC="METATARSOPHALANGEAL JOINT 2",
    )  # fmt: skip
    assert [cells(row, "MKDIR MKORRES MKSTRESN MKSCAT MKEVAL MKACPTFL") for row in joint] == [
        ["DISTAL", "0", 0.0, "FOOT", "ADJUDICATOR", "Y"],
        ["PROXIMAL", "2", 2.0, "FOOT", "ADJUDICATOR", "Y"],
    ]
    accepted = {row["MKEVALID"] for row in picked(rows, USUBJID=ADJUDICATED, MKACPTFL="Y")}
    assert len(accepted) == 2
    assert {row["MKEVALID"] for row in picked(rows, USUBJID=MISSING_SITE)} == {"READER 1", "READER 2"}
    absent = picked(rows, USUBJID=NO_FEET, VISIT="W24", MKSCAT="FOOT", MKEVALID="READER 2")
    assert len(absent) == 24 + 12
    assert {tuple(cells(row, "MKSTAT MKREASND MKREFID MKLNKID MKDTC")) for row in absent} == {
        ("NOT DONE", "THE FILM IS ABSENT", "", "", "2025-06-18")
    }
    visits = {tuple(cells(row, "VISIT VISITNUM VISITDY")) for row in picked(rows, USUBJID=NO_FEET)}
    assert visits == {("W00", 1.0, 1.0), ("W24", 2.0, 169.0), ("U1", 2.01, None), ("W52", 3.0, 365.0)}


def radiographs(folder: Path) -> None:
    """One record for the films of the hands or the feet of a visit; every score with a film is linked to one."""
    rows = records(folder, "pr")
    assert len(rows) == 2 * 3 * 3 + 2 - 1
    assert [cells(row, "PRSEQ PRLNKID PRTRT PRLAT PRSTDTC") for row in picked(rows, USUBJID=NO_FEET)][:2] == [
        [1.0, "W00-FOOT", "RADIOGRAPH OF FEET", "BILATERAL", "2025-01-01"],
        [2.0, "U1-FOOT", "RADIOGRAPH OF FEET", "BILATERAL", "2025-09-08"],
    ]
    sets = {(row["USUBJID"], row["PRLNKID"]) for row in rows}
    linked = {(row["USUBJID"], row["MKLNKID"]) for row in records(folder, "mk") if row["MKLNKID"]}
    assert linked == sets
    assert [cells(row, "RDOMAIN IDVAR RELTYPE RELID") for row in records(folder, "relrec")] == [
        ["MK", "MKLNKID", "MANY", "PRMK"],
        ["PR", "PRLNKID", "ONE", "PRMK"],
    ]


def qualifiers(folder: Path) -> None:
    """Once for each reading of a visit; why a joint was not assessable, once for each record."""
    rows, scores = records(folder, "suppmk"), records(folder, "mk")
    groups = {(row["USUBJID"], row["MKLNKGRP"]) for row in scores}
    for name in ("MKCAMP", "MKRDRID", "MKBLDPOS", "MKENTMOD", "MKREADTC"):
        assert {(row["USUBJID"], row["IDVARVAL"]) for row in picked(rows, QNAM=name, IDVAR="MKLNKGRP")} == groups
    assert {row["QVAL"] for row in picked(rows, QNAM="MKADJRSN")} == {"CHANGES DIFFER BY MORE THAN THE THRESHOLD"}
    assert {row["QVAL"] for row in picked(rows, QNAM="MKCAMP")} == {"CAMPAIGN C1, CHARTER VERSION 1"}
    assert picked(rows, QNAM="MKREPTYP") == []
    not_done = {(row["USUBJID"], str(int(float(str(row["MKSEQ"]))))) for row in picked(scores, MKSTAT="NOT DONE")}
    assert {(row["USUBJID"], row["IDVARVAL"]) for row in picked(rows, QNAM="MKNACAT", IDVAR="MKSEQ")} == not_done


def totals_are_exactly_those_of_the_table(folder: Path) -> None:
    """Every total of a parameter in totals.csv and every change in changes.csv is in ADXR, and nothing else."""
    parameters = {one.code: place for place, one in total_parameters(instruments.get(INSTRUMENT)).items()}
    status, change = {}, {}
    for row in records(folder, "adxr"):
        group, slot = parameters[str(row["PARAMCD"])]
        kind = str(row["BASETYPE"]).removeprefix("CAMPAIGN C1 REPEAT 1 ")
        day = row["ADT"]
        if kind == "STATUS":
            status[row["USUBJID"], day, slot, group] = cells(row, "AVAL NASSESS NIMPUTE")
            assert row["CHG"] is None
        elif row["ABLFL"] != "Y":
            change[row["USUBJID"], kind.split(" TO ")[1], slot, group] = cells(row, "CHG NASSESS NIMPUTE")
    table = [row for row in rows_of(folder / "totals.csv") if row["GROUP"] in ("total", "erosion", "narrowing")]
    assert status == {
        (row["USUBJID"], sas_date(row["FILMDTC"]), row["SOURCE"], row["GROUP"]): numbers_in(row) for row in table
    }
    changes = [row for row in rows_of(folder / "changes.csv") if row["GROUP"] in ("total", "erosion", "narrowing")]
    assert change == {(row["USUBJID"], row["VISIT"], row["SOURCE"], row["GROUP"]): numbers_in(row) for row in changes}


def numbers_in(row: dict[str, str]) -> list[TransportCell]:
    return [float(row["AVAL"]) if row["AVAL"] else None, float(row["ASSESSED"]), float(row["IMPUTED"])]


def totals_by_hand(folder: Path) -> None:
    """S000 at W52: 15 of 16 sites of the left hand, 155 of 160 points: 30 x 160/155 = 30.9677 as a total.

    For the change the baseline is 15 x 160/155 = 15.4839 and so is the change; their sum as written is 30.9678.
    S001: changes of 36, 16 and, by the adjudicator, 18: the two closest give 17, from totals of 32 and 34 the mean 33.
    """
    rows = records(folder, "adxr")
    columns = "AVAL BASE CHG ABLFL ANL01FL CRIT1FL AVISITN ADY NIMPUTE"
    of_result = {"PARAMCD": "SVTSA", "USUBJID": MISSING_SITE}
    status = the(rows, **of_result, BASETYPE="CAMPAIGN C1 REPEAT 1 STATUS", AVISIT="W52")
    assert cells(status, columns) == [30.9677, 16.0, None, "", "Y", "", 3.0, 365.0, 1.0]
    first, last = picked(rows, **of_result, BASETYPE="CAMPAIGN C1 REPEAT 1 W00 TO W52")
    assert cells(first, columns) == [15.4839, 15.4839, 0.0, "Y", "Y", "", 1.0, 1.0, 1.0]
    assert cells(last, columns) == [30.9678, 15.4839, 15.4839, "", "Y", "N", 3.0, 365.0, 1.0]
    interval = {"USUBJID": ADJUDICATED, "BASETYPE": "CAMPAIGN C1 REPEAT 1 W00 TO W52", "AVISIT": "W52"}
    assert sorted(
        cells(row, "PARAMCD CHG EVALID") for row in picked(rows, **interval) if row["PARAMN"] in range(1, 6)
    ) == [
        ["SVTS1", changes_of(rows)["READER 1"], "READER 1"],
        ["SVTS2", changes_of(rows)["READER 2"], "READER 2"],
        ["SVTSA", 17.0, ""],
        ["SVTSJ", 18.0, "ADJUDICATOR 1"],
    ]
    assert sorted(changes_of(rows).values()) == [16.0, 36.0]
    assert (
        the(rows, USUBJID=ADJUDICATED, PARAMCD="SVTSA", BASETYPE="CAMPAIGN C1 REPEAT 1 STATUS", AVISIT="W52")["AVAL"]
        == 33
    )
    unscheduled = picked(rows, USUBJID=NO_FEET, PARAMCD="SVTSA", ADT=sas_date("2025-09-08"))
    assert {tuple(cells(row, "AVISIT AVISITN ANL01FL ADY")) for row in unscheduled} == {("", None, "", 251.0)}


def changes_of(rows: list[Record]) -> dict[str, float]:
    """The changes to W52 of the two readers of the adjudicated case, by reader."""
    found = picked(rows, USUBJID=ADJUDICATED, BASETYPE="CAMPAIGN C1 REPEAT 1 W00 TO W52", AVISIT="W52")
    return {str(row["EVALID"]): float(str(row["CHG"])) for row in found if row["PARAMCD"] in ("SVTS1", "SVTS2")}


def joints(folder: Path) -> None:
    """Each score with the same reader's score at the baseline, and the record of MK that it comes from."""
    rows, scores = records(folder, "adxrj"), records(folder, "mk")
    by_number = {(row["USUBJID"], row["MKSEQ"]): row for row in scores}
    assert len(rows) == len(scores)
    for row in rows:
        source = by_number[row["USUBJID"], row["SRCSEQ"]]
        assert cells(row, "AVAL JNTLOC JNTLAT JNTSIDE EVALID NAREAS ANL01FL") == cells(
            source, "MKSTRESN MKLOC MKLAT MKDIR MKEVALID MKREASND MKACPTFL"
        )
    joint = picked(rows, USUBJID=MISSING_SITE, PARAMCD="ELMCP2", EVALID="READER 1")
    assert [cells(row, "AVISIT AVAL BASE CHG ABLFL NAREAS") for row in joint] == [
        ["W00", 1.0, 1.0, 0.0, "Y", ""],
        ["W24", 2.0, 1.0, 1.0, "", ""],
        ["W52", None, 1.0, None, "", "MISSING IMAGE"],
    ]


def another_reader_finds_the_same(folder: Path) -> None:
    """pyreadstat, whose reader is the C library ReadStat, finds every cell as the reader of these tests does."""
    for table in TABLES:
        path = folder / "cdisc" / table.file
        frame, about = pyreadstat.read_xport(str(path), output_format="polars", disable_datetime_conversion=True)
        assert (about.table_name, about.file_label) == (table.name, table.label)
        assert about.column_labels == [one.label for one in table.variables]
        assert frame.to_dicts() == read_transport(path).rows, table.name


def dataset_json_has_the_same_rows(folder: Path) -> None:
    """Cell for cell; a SAS date is an ISO date there."""
    for table in TABLES:
        with (folder / "cdisc" / table.json_file).open(encoding="ascii") as file:
            head, *lines = map(json.loads, file)
        rows = [dict(zip(table.names, line, strict=True)) for line in lines]
        for row in rows:
            row |= {one.name: sas_date(row[one.name]) for one in table.variables if one.is_day}
        assert rows == read_transport(folder / "cdisc" / table.file).rows, table.name
        assert (head["records"], head["name"], head["label"]) == (len(rows), table.name, table.label)


def package_lists_the_files(folder: Path) -> None:
    """README and codebook name every file and variable."""
    readme = (folder / "README.md").read_text(encoding="utf-8")
    codebook = {(row["FILE"], row["COLUMN"]): row for row in rows_of(folder / "codebook.csv")}
    assert "`cdisc/define.xml`" in readme
    assert "`cdisc/*.ndjson`" in readme
    assert (folder / "cdisc/define.xml").read_bytes().startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<ODM ")
    for table, name in named_variables():
        assert f"`cdisc/{table}`" in readme
        assert codebook[f"cdisc/{table}", name]["MEANING"]
    assert codebook["cdisc/adxr.xpt", "AVAL"]["TYPE"] == "decimal"
    assert codebook["cdisc/mk.xpt", "MKLAT"]["CODELIST"] == "LEFT;RIGHT"
    assert codebook["cdisc/mk.xpt", "USUBJID"]["LENGTH"] == "64"


def guides_are_filled(folder: Path) -> None:
    """Both guides have the charter, every dataset with its number of records, and what is ours or empty."""
    study, analysis = ((folder / "cdisc" / name).read_text(encoding="utf-8") for name in ("csdrg.md", "adrg.md"))
    for table in TABLES:
        text = analysis if table.standard == "ADaMIG" else study
        count = len(read_transport(folder / "cdisc" / table.file).rows)
        assert f"| {table.name} | {table.label} | {table.structure} | {' '.join(table.keys)} | {count} |" in text
    for text in (study, analysis):
        assert "Charter version 1 (SHA-256 " in text
        assert "differ by more than 10,\nor when only one" in text
    assert "- Anatomical Location: TRAPEZIAL AND TRAPEZOID BONES" in study
    assert "- MK.MKLOBXFL: Empty: it needs RFXSTDTC of the sponsor." in study
    assert "A change uses the sites evaluable at both visits" in analysis


def named_variables() -> Iterator[tuple[str, str]]:
    for table in TABLES:
        yield from ((table.file, name) for name in table.names)
