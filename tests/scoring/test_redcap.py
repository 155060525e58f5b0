"""REDCap: what comes in as subjects, visits and events, and what goes out after the lock, for the same records."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.trail import Actor
from config.errors import BadInput
from scoring.redcap.coming_in import read_redcap
from scoring.redcap.going_out import results_for_redcap
from scoring.redcap.mapping import RedcapMapping, read_mapping
from studies.models import Subject, Visit
from studies.plan.tables.importing import write_table
from studies.plan.tables.kinds import TABLES
from studies.plan.trials import add_site, create_trial
from studies.plan.visits import plan_visit
from tests.scoring.packages import package_of
from tests.scoring.test_edc import compared
from tests.scoring.test_event_lists import all_read_and_closed, built, give, rescued_trial
from tests.scoring.test_randomisation import rows_of

HEAD = "blindread,code,redcap_event_name,redcap_field\n"
MAPPING = (
    f"{HEAD}subject,,,study_id\nsite,,,site_code\nvisit,W00,baseline_arm_1,xray_date\nvisit,W24,week_24_arm_1,xray_date\n"
    "visit,W52,week_52_arm_1,xray_date\nrescue,RES-1,rescue_arm_1,xray_date\nfilm,,,xray_done\n"
    "event,rescue,,rescue_date\nresult,total.chg,,mtss_change\nresult,total.aval,,mtss\n"
)
EXPORT = (
    "record_id,redcap_event_name,redcap_repeat_instrument,study_id,site_code,xray_date,xray_done,rescue_date\n"
    "1,baseline_arm_1,,S000,01,2025-01-01,1,\n1,week_24_arm_1,,,,2025-06-18,1,\n1,week_52_arm_1,,,,2025-12-31,1,\n"
    "1,rescue_arm_1,,,,2025-07-02,0,2025-07-01\n1,week_24_arm_1,adverse_events,,,,,\n"
    "7,baseline_arm_1,,S001,02,2025-01-01,1,\n7,week_24_arm_1,,,,2025-06-18,0,\n7,week_52_arm_1,,,,2025-12-31,1,\n"
    "7,rescue_arm_1,,,,,,\n7,week_2_arm_1,,,,,,\n"
)


def saved(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def mapped(folder: Path, text: str = MAPPING) -> RedcapMapping:
    return read_mapping(saved(folder, "mapping.csv", text))


def tables_in(folder: Path, export: str = EXPORT) -> Path:
    """The folder of tables that the command makes."""
    out = folder / "tables"
    files = [str(saved(folder, "export.csv", export)), "--mapping", str(saved(folder, "mapping.csv", MAPPING))]
    call_command(
        "redcap_in", *files, "--out", str(out), stdout=(folder / "said").open("w"), stderr=(folder / "left").open("w")
    )
    return out


def test_a_file_becomes_the_tables_that_the_pages_import(tmp_path: Path) -> None:
    out = tables_in(tmp_path)
    assert (out / "subjects.csv").read_text() == "site,subject\n01,S000\n02,S001\n"
    assert (out / "visits.csv").read_text() == "subject,visit,kind\nS000,RES-1,rescue\n"
    assert (out / "events.csv").read_text() == ("subject,kind,date,source\nS000,rescue,2025-07-01,REDCap rescue_date\n")
    assert (out / "edc-list.csv").read_text() == (
        "subject,visit,date,film\nS000,W00,2025-01-01,yes\nS000,W24,2025-06-18,yes\nS000,W52,2025-12-31,yes\n"
        "S000,RES-1,2025-07-02,no\nS001,W00,2025-01-01,yes\nS001,W24,2025-06-18,no\nS001,W52,2025-12-31,yes\n"
    )
    assert read_redcap(tmp_path / "export.csv", mapped(tmp_path)).unmapped == ["week_2_arm_1"]
    assert "week_2_arm_1" in (tmp_path / "left").read_text()


@pytest.mark.django_db
def test_subjects_visits_and_events_go_in_and_the_results_come_back_for_the_same_records(tmp_path: Path) -> None:
    out = tables_in(tmp_path)
    enrolled = next_trial()
    for slug in ("subjects", "visits"):
        system = Actor.system("tests")
        write_table(trial=enrolled, table=TABLES[slug], text=(out / f"{slug}.csv").read_text(), actor=system)
    assert list(Subject.objects.filter(trial=enrolled).values_list("site__code", "code")) == [
        ("01", "S000"),
        ("02", "S001"),
    ]
    assert Visit.objects.get(subject__trial=enrolled, kind="rescue").code == "RES-1"
    built_trial = rescued_trial()
    campaign = all_read_and_closed(built_trial)
    give(built_trial, campaign, (out / "events.csv").read_text())
    edc = compared(built_trial, (out / "edc-list.csv").read_text())
    assert [(one["kind"], one["visit"]) for one in edc.differences] == [("visit-missing", "RES-1")]
    dataset = built(built_trial, campaign)
    with package_of(dataset) as archive:
        archive.extractall(tmp_path / "package")
    (package,) = (tmp_path / "package").iterdir()
    back = results_out(tmp_path, package, dataset.root)
    expected = {("1" if row["subject"] == "S000" else "7", row["avisit"]): row for row in totals_in(package)}
    events = {"baseline_arm_1": "W00", "week_24_arm_1": "W24", "week_52_arm_1": "W52"}
    assert len(back) == 6 == len({(row["record_id"], row["redcap_event_name"]) for row in back})
    for row in back:
        result = expected[row["record_id"], events[row["redcap_event_name"]]]
        assert (row["mtss_change"], row["mtss"]) == (result["chg"], result["aval"])
    assert next(row for row in back if row["redcap_event_name"] == "week_52_arm_1")["mtss_change"] == "4.3333"
    assert EXPORT.splitlines()[0].split(",")[:2] == list(back[0])[:2]


def next_trial() -> Any:
    """A trial with sites and a plan, before its first subject."""
    system = Actor.system("tests")
    trial = create_trial(code="NEXT", title="Another", actor=system)
    for site in ("01", "02"):
        add_site(trial=trial, code=site, name="", actor=system)
    plan_visit(trial=trial, code="W00", label="Baseline", target_day=0, actor=system)
    return trial


def totals_in(package: Path) -> list[dict[str, str]]:
    return [row for row in rows_of(package / "analysis.csv") if row["param"] == "total"]


def results_out(folder: Path, package: Path, root: str) -> list[dict[str, str]]:
    """The file for REDCap that the command makes from a dataset; another root is refused."""
    given = [str(package), "--records", str(folder / "export.csv"), "--mapping", str(folder / "mapping.csv")]
    for wrong, says in (("", "The root cannot be nothing"), ("0" * 64, "is not intact")):
        with pytest.raises(CommandError, match=says):
            call_command("redcap_out", *given, "--root", wrong, "--out", str(folder / "back"))
    call_command(
        "redcap_out", *given, "--root", root, "--out", str(folder / "back"), stdout=(folder / "said").open("w")
    )
    with (folder / "back" / "redcap-results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("arm,,,arm", "in column blindread. Write subject, site, film, visit,"),
        ("subject,S1,,study_id", "in column code. Leave it empty for subject."),
        ("event,pregnancy,,date", "in column code. Write rescue, discontinuation, death or switch."),
        ("result,total,,mtss", "in column code. Write total.aval,"),
        ("site,,,centre\nsite,,,site", "An earlier line says the same. Keep one."),
        ("visit,W24,a,date\nvisit,W52,a,date", "An earlier line says the same. Keep one."),
    ],
)
def test_a_line_of_the_mapping_that_cannot_be_used_is_named(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(BadInput, match=says.replace(".", r"\.")):
        mapped(tmp_path, f"{HEAD}{line}\n")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("site_code", "centre", "The REDCap file has no field “site_code”, which the mapping names"),
        ("7,week_24_arm_1,,,", "7,baseline_arm_1,,,", "An earlier line has this record and event baseline_arm_1"),
        ("1,week_24_arm_1,,,,", "1,week_24_arm_1,,S009,,", "An earlier row of the record has S000"),
        ("S001", "S000", "Records 1 and 7 of the REDCap file both have subject code S000. Keep one."),
        ("7,week_24_arm_1", "7,week_24_arm_2", "belong to more than one arm: arm_1 and arm_2. Use a project"),
        ("S001", "", "Give the subject code in one row of the record"),
        ("2025-06-18,0", "2025-06-18,perhaps", "Write 1 or 0, or leave it empty"),
    ],
)
def test_a_file_that_contradicts_itself_or_the_mapping_is_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in EXPORT
    with pytest.raises(CommandError, match=says):
        tables_in(tmp_path, EXPORT.replace(old, new))


def test_results_without_a_mapping_or_a_record_are_refused(tmp_path: Path) -> None:
    analysis = saved(tmp_path, "analysis.csv", "subject,avisit,param,aval,base,chg,status\nS009,W24,total,1,1,0,1\n")
    export = saved(tmp_path, "export.csv", EXPORT)
    with pytest.raises(BadInput, match="The mapping names no result"):
        results_for_redcap(analysis, mapped(tmp_path, f"{HEAD}subject,,,study_id\n"), export)
    with pytest.raises(BadInput, match="The REDCap file has no record of subject S009"):
        results_for_redcap(analysis, mapped(tmp_path), export)
    for old, new, says in (
        ("S001", "S000", "Records 1 and 7 of"),
        ("7,rescue_arm_1", "7,rescue_arm_2", "than one arm"),
    ):
        other = saved(tmp_path, "other.csv", EXPORT.replace(old, new))
        with pytest.raises(BadInput, match=says):
            results_for_redcap(analysis, mapped(tmp_path), other)


def test_visits_that_the_mapping_does_not_name_are_left_out_and_listed(tmp_path: Path) -> None:
    head = "subject,avisit,param,aval,base,chg,status\n"
    lines = "S000,W104,total,1,1,0,1\nS000,W24,total,3,1,2,1\nS000,W76,total,1,1,0,1\nS001,W104,total,1,1,0,1\n"
    analysis = saved(tmp_path, "analysis.csv", head + lines)
    table, unmapped = results_for_redcap(analysis, mapped(tmp_path), saved(tmp_path, "export.csv", EXPORT))
    assert table[1:] == [("1", "week_24_arm_1", "2", "3")]
    assert unmapped == ["W76", "W104"]
