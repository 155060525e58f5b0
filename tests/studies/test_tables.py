"""A table is looked through line by line and written whole or not at all."""

from __future__ import annotations

import re

import pytest

from audit.models import Event
from config.errors import BadInput, NotAllowed
from studies.models import Subject, Visit
from studies.plan.tables.importing import Preview, preview, write_table
from studies.plan.tables.kinds import TABLES, one_of
from studies.plan.tables.reading import LONGEST_FILE, decoded
from tests.studies.planned import Planned, person


def looked_through(ra1: Planned, slug: str, text: str) -> Preview:
    """What the preview says of a table."""
    return preview(trial=ra1.trial, table=TABLES[slug], text=text, actor=ra1.actor("coordinator"))


@pytest.mark.parametrize("slug", sorted(TABLES))
def test_the_example_of_each_table_is_right(ra1: Planned, slug: str) -> None:
    example = TABLES[slug].example
    for code in ("01", "02", "BL", "W24"):
        example = example.replace(f"\n{code},U", f"\n1{code},U").replace(f"\n{code},", f"\n{code}x,")
    if slug in ("subjects", "visits"):
        example = TABLES[slug].example.replace("01-001", "01-901").replace("01-002", "01-902")
    if slug == "visits":
        example = TABLES[slug].example.replace("01-002", "02-001")
    if slug == "people":
        example = TABLES[slug].example
        for address in re.findall(r"\S+@\S+example(?=,)", example):
            example = example.replace(address, person("somebody").email)
    found = looked_through(ra1, slug, example)
    assert found.faults == []
    assert len(found.rows) == 2


def test_every_wrong_value_is_named_with_its_line_column_and_what_is_allowed(ra1: Planned) -> None:
    text = "visit,label,target_day,days_before,days_after\nW8,Week 8,56,,\n\nW 9,,x,-1,400\n"
    faults = looked_through(ra1, "planned-visits", text).faults
    assert [(fault.line, fault.column, fault.says.partition(". ")[0]) for fault in faults] == [
        (4, "visit", "The visit code “W 9” is not valid"),
        (4, "label", "The label is missing"),
        (4, "target_day", "The target day “x” is not valid"),
        (4, "days_before", "The number of days before the target day “-1” is not valid"),
        (4, "days_after", "The number of days after the target day “400” is not valid"),
    ]
    assert all("Enter" in fault.says or "Use" in fault.says for fault in faults)


def test_a_code_twice_in_the_file_or_in_the_trial_already_is_a_fault(ra1: Planned) -> None:
    faults = looked_through(ra1, "subjects", "site,subject\n01,01-001\n02,02-009\n02,02-009\n").faults
    assert [(fault.line, fault.says) for fault in faults] == [
        (n, f"The subject “{code}” is already in the trial or on an earlier line. Remove this line or correct it.")
        for n, code in ((2, "01-001"), (4, "02-009"))
    ]


def test_a_site_of_another_trial_is_not_known(ra1: Planned, ra2: Planned) -> None:
    ra2.sites[0].code = "77"
    ra2.sites[0].save(update_fields=["code"])
    faults = looked_through(ra1, "subjects", "site,subject\n77,77-001\n").faults
    assert [(fault.column, fault.says) for fault in faults] == [("site", "The site “77” is not known. Use 01 or 02.")]


@pytest.mark.parametrize(
    ("head", "column"), [("site", "subject"), ("site,subject,name", "name"), ("site,subject,site", "site")]
)
def test_a_column_that_is_missing_unknown_or_twice_is_a_fault_of_line_one(ra1: Planned, head: str, column: str) -> None:
    found = looked_through(ra1, "subjects", f"{head}\n01,01-005\n")
    assert [(fault.line, fault.column) for fault in found.faults] == [(1, column)]
    assert not found.may_be_written


def test_a_row_with_more_values_than_columns_is_a_fault(ra1: Planned) -> None:
    found = looked_through(ra1, "subjects", "site,subject\n01,01-005,surplus\n")
    assert [(fault.line, fault.says) for fault in found.faults] == [
        (2, "The line has 3 values for 2 columns. Remove “surplus”.")
    ]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_are_understood(ra1: Planned, sign: str) -> None:
    found = looked_through(ra1, "subjects", f"site{sign}subject\r\n01{sign}01-005\r\n")
    assert [line.values for line in found.lines] == [{"site": "01", "subject": "01-005"}]
    assert found.may_be_written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_as_spreadsheets_save_it_is_read(encoding: str) -> None:
    assert decoded("site,name\n01,Krankenhaus Köln\n".encode(encoding)) == "site,name\n01,Krankenhaus Köln\n"


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(BadInput, match="UTF-8"):
        decoded("site,name\n01,Köln\n".encode("latin-1"))


def test_a_right_table_is_written_and_each_row_recorded(ra1: Planned) -> None:
    before = Event.objects.count()
    text = "site,subject\n01,01-002\n02,02-002\n02,02-003\n"
    assert write_table(trial=ra1.trial, table=TABLES["subjects"], text=text, actor=ra1.actor("coordinator")) == 3
    assert Event.objects.count() == before + 3
    assert Visit.objects.filter(subject__code="02-003").count() == 2


def test_nothing_is_written_of_a_table_with_one_wrong_line(ra1: Planned) -> None:
    text = "site,subject\n01,01-002\n99,99-001\n"
    with pytest.raises(BadInput, match="Line 3, column site: The site “99” is not known. Use 01 or 02."):
        write_table(trial=ra1.trial, table=TABLES["subjects"], text=text, actor=ra1.actor("coordinator"))
    assert not Subject.objects.filter(code="01-002").exists()


def test_an_empty_table_is_not_written(ra1: Planned) -> None:
    with pytest.raises(
        BadInput, match="The table of sites has no lines below the column names. Add at least one line."
    ):
        write_table(trial=ra1.trial, table=TABLES["sites"], text="site,name\n", actor=ra1.actor("coordinator"))


def test_visits_outside_the_plan_come_by_table(ra1: Planned) -> None:
    text = "subject,visit,kind\n01-001,RES-1,rescue\n02-001,ET,early-termination\n"
    write_table(trial=ra1.trial, table=TABLES["visits"], text=text, actor=ra1.actor("coordinator"))
    assert ra1.visit(1, "ET").kind == "early-termination"


def test_only_a_coordinator_writes_a_table(ra1: Planned) -> None:
    with pytest.raises(NotAllowed):
        write_table(trial=ra1.trial, table=TABLES["sites"], text="site\n03\n", actor=ra1.actor("lead"))


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(BadInput, match="The file is larger than 2 MB. Split it into smaller files."):
        decoded(b"x" * (LONGEST_FILE + 1))


@pytest.mark.parametrize(
    ("slug", "text", "says"),
    [
        ("sites", f"site,name\n01,{'x' * 200_000}\n", "The line is not CSV."),
        ("visits", "subject,visit,kind\n01-001,W24,rescue\n", "The code W24 belongs to a planned visit."),
        ("visits", "subject,visit,kind\n01-001,R-1,cure\n", "Use unscheduled, rescue or early termination."),
        ("planned-visits", f"visit,label,target_day\nW9,Week 9,{'9' * 5000}\n", "Enter a whole number from -365"),
    ],
)
def test_a_value_that_cannot_be_taken_is_said_in_a_sentence(ra1: Planned, slug: str, text: str, says: str) -> None:
    assert [says in fault.says for fault in looked_through(ra1, slug, text).faults] == [True]


def test_a_trial_without_sites_says_so_and_one_with_many_names_the_first(ra1: Planned) -> None:
    known = {f"{n:02}": n for n in range(1, 21)}
    for sites, says in (
        ({}, "The trial has no site yet. Add one first."),
        (known, "or another of the 20 existing ones."),
    ):
        with pytest.raises(BadInput, match=says):
            one_of("site", sites)("99")
