"""The commands on plain files: what they print, what they refuse, and that they need no database and no secret."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

import instruments
from scoring.agreement.icc import icc_all
from scoring.plain_files.ratings import read_ratings
from tests.scoring.agreement.published import ANXIETY, MINI_1, SHROUT_FLEISS, WRIGHT_1

ROOT = Path(__file__).resolve().parents[2]
SVDH = instruments.get("svdh")
IDS = ["subject", "visit", "reader"]


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command(*[str(argument) for argument in arguments], stdout=out, stderr=io.StringIO())
    return out.getvalue()


def write(path: Path, columns: Iterable[object], rows: Iterable[Iterable[object]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([list(columns), *(list(row) for row in rows)])
    return path


def write_wide(path: Path, rows: dict[tuple[str, str, str], dict[str, object]], default: object = 0) -> Path:
    columns = [*IDS, *(item.wide_name for item in SVDH.items)]
    return write(
        path, columns, ([*who, *(cells.get(item.key, default) for item in SVDH.items)] for who, cells in rows.items())
    )


def read_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_wide_and_long_files_give_the_same_totals_in_any_order_of_lines(tmp_path: Path) -> None:
    reads: dict[tuple[str, str, str], dict[str, object]] = {
        (subject, visit, reader): {"EL-MCP2": number, "JR-MTP3": 4 - number}
        for number, (subject, visit, reader) in enumerate(
            [("S2", "24", "A"), ("S1", "0", "B"), ("S1", "0", "A"), ("S10", "0", "A")]
        )
    }
    wide = write_wide(tmp_path / "wide.csv", reads)
    lines = [[*who, item.key, cells.get(item.key, 0), ""] for who, cells in reads.items() for item in SVDH.items]
    long = write(tmp_path / "long.csv", [*IDS, "item", "value", "reason"], reversed(lines))
    by_wide, by_long = (run("totals", "--instrument", "svdh", path) for path in (wide, long))
    assert by_wide == by_long
    assert [[row[name] for name in IDS] for row in read_rows(by_wide)] == [
        ["S1", "0", "A"], ["S1", "0", "B"], ["S2", "24", "A"], ["S10", "0", "A"],
    ]  # fmt: skip
    assert {row["total"] for row in read_rows(by_wide)} == {"4"}


def test_an_imputed_total_is_printed_rounded_beside_its_numerator_and_denominator(tmp_path: Path) -> None:
    path = write_wide(tmp_path / "a.csv", {("S1", "0", "A"): {"EL-MTP1": 1, "EL-MTP2": ""}})
    row = read_rows(run("totals", "--instrument", "svdh", path))[0]
    assert [row[name] for name in ("total", "total_numerator", "total_denominator", "imputed")] == [
        "1.0909",
        "12",
        "11",
        "1",
    ]
    found = json.loads(run("totals", "--instrument", "svdh", path, "--json"))
    assert found["rows"][0]["total"] == 12 / 11
    assert found["rows"][0]["amounts"]["erosion_foot_L"]["numerator"] == 12
    assert found["missing_rule"] == {"name": "paired-proportional", "parameters": {"limit": 0.5, "whole_side": False}}
    assert found["missing_rule_fact"]["mark"] == "G"


def test_every_line_of_totals_carries_its_instrument_and_rule(tmp_path: Path) -> None:
    path = write_wide(tmp_path / "a.csv", {("S1", "0", "A"): {}})
    rules = ["paired-proportional:limit=0.25,whole_side=true", "none"]
    rows = [read_rows(run("totals", "--instrument", "svdh", path, "--missing", rule))[0] for rule in rules]
    assert {row["instrument"] for row in rows} == {"svdh/1"}
    assert [row["missing_rule"] for row in rows] == ["paired-proportional:limit=0.25,whole_side=True", "none"]


def test_a_missing_total_is_empty_with_its_reason(tmp_path: Path) -> None:
    feet: dict[str, object] = {item.key: "ABSENT" for item in SVDH.items_of(region="foot")}
    row = read_rows(run("totals", "--instrument", "svdh", write_wide(tmp_path / "a.csv", {("S1", "0", "A"): feet})))[0]
    assert (row["total"], row["total_reason"], row["hand"]) == ("", "erosion, feet: no site evaluable", "0")


def test_a_baseline_adds_the_change_by_the_same_rule(tmp_path: Path) -> None:
    path = write_wide(
        tmp_path / "a.csv", {("S1", "0", "A"): {"EL-MCP2": 5}, ("S1", "24", "A"): {"EL-MCP2": "SURGERY", "EL-MCP3": 2}}
    )
    first, later = read_rows(run("totals", "--instrument", "svdh", path, "--baseline", "0"))
    assert (first["change_total"], later["change_total"], later["change_total_denominator"]) == ("", "2.0645", "31")


def test_rules_take_parameters_and_operated_joints(tmp_path: Path) -> None:
    reads: dict[tuple[str, str, str], dict[str, object]] = {
        ("S1", "0", "A"): {"EL-MTP2": 3},
        ("S1", "24", "A"): {"EL-MTP2": "SURGERY"},
    }
    path = write_wide(tmp_path / "a.csv", reads)
    totals = {
        rule: [row["total"] for row in read_rows(run("totals", "--instrument", "svdh", path, "--missing", rule))]
        for rule in ("operated-maximum", "operated-carried", "excluded-all-visits", "paired-proportional:limit=0.01")
    }
    assert totals == {
        "operated-maximum": ["3", "10"],
        "operated-carried": ["3", "3"],
        "excluded-all-visits": ["0", "0"],
        "paired-proportional:limit=0.01": ["3", ""],
    }


def test_carrying_needs_an_order_of_visits(tmp_path: Path) -> None:
    path = write_wide(tmp_path / "a.csv", {("S1", "baseline", "A"): {}, ("S1", "week 24", "A"): {}})
    with pytest.raises(CommandError, match="Rule operated-carried needs the order"):
        run("totals", "--instrument", "svdh", path, "--missing", "operated-carried")


@pytest.mark.parametrize(
    ("rule", "baseline", "message"),
    [
        ("paired-proportional", "W9", "The file has no visit “W9” for --baseline. Choose 0 or 24."),
        ("operated-carried", "24", "Rule operated-carried takes the first visit of each series for --baseline"),
    ],
)
def test_a_baseline_that_cannot_be_one_is_refused(tmp_path: Path, rule: str, baseline: str, message: str) -> None:
    path = write_wide(tmp_path / "a.csv", {("S1", "0", "A"): {}, ("S1", "24", "A"): {}})
    with pytest.raises(CommandError, match=message):
        run("totals", "--instrument", "svdh", path, "--missing", rule, "--baseline", baseline)


def test_campaigns_never_mix(tmp_path: Path) -> None:
    columns = ["campaign", *IDS, "item", "value"]
    lines = [["C1", "S1", "0", "A", "EL-MCP2", 1], ["C2", "S1", "24", "A", "EL-MCP2", 3]]
    path = write(tmp_path / "a.csv", columns, lines)
    rows = read_rows(
        run("totals", "--instrument", "svdh", path, "--baseline", "0", "--missing", "paired-proportional:limit=1")
    )
    assert [(row["campaign"], row["change_erosion_hand"]) for row in rows] == [("C1", ""), ("C2", "")]


def test_receipts_print_every_item_of_every_total_and_change(tmp_path: Path) -> None:
    path = write_wide(
        tmp_path / "a.csv", {("S1", "0", "A"): {}, ("S1", "24", "A"): {"EL-MTP2": "OVERLAP", "EL-MTP3": 1}}
    )
    text = run("totals", "--instrument", "svdh", path, "--receipt", "--baseline", "0")
    assert text.count("Subject S1, visit 24, reader A") == 2
    assert text.count("Total overall") == 2
    assert "Change overall" in text
    assert "overlap" in text


LONG = "subject,visit,reader,item,value"
WIDE = "subject,visit,reader,LH_mcp_E__2"
GRADES = "Write 0, 1, 2, 3, 4 or 5, or leave it empty for not scored."
ONE_LINE = "Write one line for each subject, visit and reader. Line 2 is for the same."
BAD = [
    (f"{LONG}\nS1,0,A,EL-MCP2,3\nS1,0,A,EL-MCP3,7\n", f"Line 3 has “7” in column value. {GRADES}"),
    (f"{LONG}\nS1,0,A,EL-DIP2,3\n", "Line 2 has “EL-DIP2” in column item. Write the key or wide name of an item"),
    (
        f"{LONG}\nS1,0,A,EL-MCP2,3\nS1,0,A,LH_mcp_E__2,3\n",
        "Line 3 has “LH_mcp_E__2” in column item. Write each item once. Subject S1, visit 0, reader A already has it.",
    ),
    (f"{LONG},reason\nS1,0,A,EL-MCP2,,TIRED\n", "Line 2 has “TIRED” in column reason. Write IMAGE, SURGERY"),
    (
        f"{LONG},reason\nS1,0,A,EL-MCP2,2,OVERLAP\n",
        "Line 2 has “OVERLAP” in column reason. Leave it empty where a value is given.",
    ),
    (f"{LONG},day\nS1,0,A,EL-MCP2,2,3\nS1,0,A,EL-MCP3,2,\n", "Line 2 gives day 3 for the same read."),
    (f"{LONG},day\nS1,0,A,EL-MCP2,2,\nS1,0,A,EL-MCP3,2,4\n", "Line 2 gives no day for the same read."),
    (f"{WIDE}\nS1,0,A,1\nS1,0,A,1\n", f"Line 3 has “S1” in column subject. {ONE_LINE}"),
    (
        "subject,visit,reader,LH_mcp_E__9\nS1,0,A,1\n",
        "Line 1 has the unknown column “LH_mcp_E__9”. Columns are subject",
    ),
    (f"{WIDE},EL-MCP2\nS1,0,A,1,1\n", "Line 1 names item EL-MCP2 twice, the second time as “EL-MCP2”."),
    (f"{WIDE},LH_mcp_E__2\nS1,0,A,1,1\n", "Line 1 names column “LH_mcp_E__2” twice. Name each column once."),
    ("subject,visit,reader\nS1,0,A\n", "Line 1 has only the columns subject, visit and reader. Add a column item"),
    (f"{WIDE}\nS1,0,A,x\n", f"Line 2 has “x” in column LH_mcp_E__2. {GRADES}"),
    (f"{WIDE}\n,0,A,1\n", "Line 2 has nothing in column subject. Write some text."),
    ("subject,visit,LH_mcp_E__2\nS1,0,1\n", "Line 1 has no column reader."),
    (f"{WIDE}\nS1,0,A\n", "Line 2 has 3 cells. Write 4 cells, as in the first line."),
    (f'{WIDE}\n"S1,0,A,1\n', "is not well-formed CSV: "),
    (
        "subject,visit,reader,day,LH_mcp_E__2\nS1,0,A,soon,1\n",
        "Line 2 has “soon” in column day. Write a whole number of days, or leave it empty.",
    ),
    (f"{WIDE}\n", "The file bad.csv has no scores. Write at least one line after the first."),
    ("", "The columns subject, visit and reader are needed, and the file has nothing."),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_bad_scores_are_refused_by_line_column_value_and_what_was_allowed(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    out = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("totals", str(path), instrument="svdh", stdout=out)
    assert message in str(refused.value)
    assert refused.value.returncode == 2
    assert out.getvalue() == ""


def test_files_from_spreadsheets_are_read(tmp_path: Path) -> None:
    """Semicolons, a byte order mark, capitals in the known columns, blank lines, 3.0 for 3."""
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffSubject;Visit;Reader;Item;Value\r\nS1;0;A;GL-MCP2;3.0\r\n\r\n".encode())
    found = json.loads(
        run("totals", "--instrument", "larsen-1995", path, "--missing", "paired-proportional:limit=1", "--json")
    )
    assert found["rows"][0]["amounts"]["grade_hand"]["assessed"] == 1


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("\ufeffsubject;reader;value\r\nJos\u00e9;A;1\r\n".encode("utf-16-le"), "UTF-16"),
        ("subject\treader\tvalue\r\nJos\u00e9\tA\t1\r\n".encode("utf-16-le"), "UTF-16"),
        ("subject,reader,value\nJos\u00e9,A,1\n".encode("utf-16-be"), "UTF-16"),
        ("subject,reader,value\nJos\u00e9,A,1\n".encode("latin-1"), "Windows-1252 (Latin-1)"),
        ("sep=;\r\nsubject;reader;value\r\nJos\u00e9;A;1\r\n".encode("utf-8-sig"), ""),
    ],
    ids=["utf-16 with mark", "utf-16-le", "utf-16-be", "latin-1", "sep"],
)
def test_files_are_read_in_the_encodings_of_spreadsheets_and_the_encoding_is_said(
    tmp_path: Path, content: bytes, encoding: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert [rating.subject for rating in read_ratings(path)] == ["José"]
    said = io.StringIO()
    call_command("agreement", str(path), replicates=0, stdout=io.StringIO(), stderr=said)
    assert said.getvalue().strip() == (f"The file a.csv was read as {encoding}." if encoding else "")


def test_a_line_after_sep_is_counted_as_spreadsheets_count_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nsubject;reader;value\nS1;A;high\n")
    with pytest.raises(CommandError, match="Line 3 has “high” in column value"):
        run("agreement", path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.csv").write_bytes(b"subject,visit,reader,item,value\n\x81")
    (tmp_path / "nul.csv").write_bytes(b"subject,visit,reader,item,value\nS\0")
    (tmp_path / "half.csv").write_bytes("subject".encode("utf-16")[:-1])
    (tmp_path / "book.csv").write_bytes(b"PK\x03\x04")
    for name, message in (
        ("none.csv", r"The file .*none\.csv cannot be read: No such file or directory\."),
        ("binary.csv", r"binary\.csv is not text in UTF-8, UTF-16 or Windows-1252 \(Latin-1\): byte 32 is 0x81\."),
        ("nul.csv", r"nul\.csv is not text: it contains the character NUL"),
        ("half.csv", r"half\.csv is not valid UTF-16 at byte 14\."),
        ("book.csv", r"book\.csv is a workbook\. Save it as CSV first\."),
    ):
        with pytest.raises(CommandError, match=message):
            run("totals", "--instrument", "svdh", tmp_path / name)


def test_only_the_digits_0_to_9_make_a_number(tmp_path: Path) -> None:
    """Python alone would read 1_0 as 10 and the digits of every script."""
    for value in ("1_0", "\u0663", "\uff13", "0x10", "7,5"):
        path = write(tmp_path / "a.csv", ["subject", "reader", "value"], [["S1", "A", value]])
        with pytest.raises(CommandError, match="Write a number"):
            run("agreement", path)
    day = write(tmp_path / "d.csv", [*IDS, "day", "item", "value"], [["S1", "0", "A", "1_0", "GL-MCP2", 1]])
    with pytest.raises(CommandError, match="Write a whole number of days"):
        run("totals", "--instrument", "larsen-1995", day)


def test_a_change_from_7_8_to_8_3_is_not_above_0_5(tmp_path: Path) -> None:
    lines = [["S1", visit, reader, value] for visit, value in (("W0", 7.8), ("W24", 8.3)) for reader in "AB"]
    path = write(tmp_path / "a.csv", ["subject", "visit", "reader", "value"], lines)
    found = json.loads(run("agreement", path, "--json", "--replicates", 0))
    assert {row["threshold"]: row["by_mean"]["value"] for row in found["progressors"]} == {0: 1, 0.5: 0, 5: 0}


def test_cells_that_a_spreadsheet_would_calculate_are_kept_as_text_in_totals(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [*IDS, "item", "value"], [["=1+1", "-4", "@A", "GL-MCP2", 1]])
    (row,) = read_rows(run("totals", "--instrument", "larsen-1995", path, "--missing", "paired-proportional:limit=1"))
    assert [row[column] for column in IDS] == ["'=1+1", "-4", "'@A"]


def ratings(path: Path, table: Any, visit: str = "") -> Path:
    lines = [[f"S{n}", f"R{k}", value] for n, row in enumerate(table) for k, value in enumerate(row)]
    return write(path, ["subject", "reader", "value"], lines)


def test_agreement_gives_the_six_forms_with_unrounded_numbers(tmp_path: Path) -> None:
    found = json.loads(run("agreement", ratings(tmp_path / "a.csv", SHROUT_FLEISS), "--json", "--replicates", 50))
    assert [(row["form"], row["value"], row["lower"], row["upper"], row["n"], row["k"]) for row in found["icc"]] == [
        (one.form, one.estimate.value, one.estimate.lower, one.estimate.upper, 6, 4) for one in icc_all(SHROUT_FLEISS)
    ]
    assert found["sdc"]["value"] is None
    assert found["sdc"]["reason"] == "needs a column visit with at least two visits"


def test_two_readers_have_one_set_of_limits_concordance_and_kappas(tmp_path: Path) -> None:
    meters = json.loads(run("agreement", ratings(tmp_path / "a.csv", zip(WRIGHT_1, MINI_1, strict=True)), "--json"))
    assert [round(meters["bland_altman"][key], 4) for key in ("bias", "sd", "lower", "upper")] == [
        -2.1176,
        38.7651,
        -78.0959,
        73.8606,
    ]
    assert round(meters["ccc"]["value"], 4) == 0.9427
    raters = json.loads(run("agreement", ratings(tmp_path / "b.csv", ANXIETY[:, :2]), "--json"))
    assert [round(raters["kappa"][key], 4) for key in ("unweighted", "linear", "quadratic")] == [0.1195, 0.1892, 0.2968]


def test_with_visits_change_is_reported_too(tmp_path: Path) -> None:
    """Reader B sees every second subject worsen by 1 a visit more; their changes differ by 0 or by that."""
    lines = [
        [f"S{n}", visit, reader, n + week * (n % 3) + (reader == "B") * (n % 2) * week]
        for n in range(12)
        for week, visit in ((0, "W0"), (1, "W24"), (2, "W104"))
        for reader in "AB"
    ]
    path = write(tmp_path / "a.csv", ["subject", "visit", "reader", "value"], lines)
    found = json.loads(run("agreement", path, "--json", "--replicates", 50))
    assert found["visits"] == ["W0", "W24", "W104"]
    assert {(row["of"], row["visit"]) for row in found["icc"]} == {
        ("status", "W0"), ("status", "W24"), ("status", "W104"), ("change", "W24"), ("change", "W104"),
    }  # fmt: skip
    assert [row["visit"] for row in found["sdc"]["each"]] == ["W24", "W104"]
    spread = np.std([0, 1] * 6, ddof=1)
    assert [row["value"] for row in found["sdc"]["each"]] == pytest.approx([0.98 * spread, 0.98 * 2 * spread])
    assert found["sdc"]["value"] == pytest.approx(0.98 * 1.5 * spread)
    assert [row["threshold"] for row in found["progressors"] if row["visit"] == "W24"] == [
        0, 0.5, 5, found["sdc"]["each"][0]["value"],
    ]  # fmt: skip
    assert found["progressors"][3]["source"] == "SDC 95 % of these ratings, W0 to W24"
    turned = json.loads(run("agreement", path, "--json", "--replicates", 0, "--baseline", "W24"))
    assert turned["visits"][0] == "W24"


def test_agreement_refuses_what_is_no_number(tmp_path: Path) -> None:
    for value, message in (
        ("high", "Line 2 has “high” in column value. Write a number, or leave it empty."),
        ("inf", "Write a finite number, or leave it empty."),
    ):
        path = write(tmp_path / "a.csv", ["subject", "reader", "value"], [["S1", "A", value]])
        with pytest.raises(CommandError) as refused:
            run("agreement", path)
        assert message in str(refused.value)
        assert refused.value.returncode == 2
    path = write(tmp_path / "a.csv", ["subject", "reader", "value"], [["S1", "A", 1], ["S1", "A", 2]])
    with pytest.raises(CommandError, match="Line 2 is for the same"):
        run("agreement", path)
    with pytest.raises(CommandError, match=r"The file a\.csv has no ratings"):
        run("agreement", write(tmp_path / "a.csv", ["subject", "reader", "value"], []))
    with pytest.raises(CommandError, match="as whole numbers from 0, not -1 and 1"):
        run("agreement", path, "--replicates", -1, "--seed", 1)
    with pytest.raises(CommandError, match="no visit “W9” for --baseline"):
        run("agreement", ratings(tmp_path / "b.csv", SHROUT_FLEISS), "--baseline", "W9")


def test_the_text_for_the_screen_names_every_statistic(tmp_path: Path) -> None:
    text = run("agreement", ratings(tmp_path / "a.csv", ANXIETY), "--replicates", 50)
    for name in (
        "ICC(2,1)",
        "ICC(2,3)",
        "SEM",
        "SDC 95 %",
        "CCC R0 - R1",
        "limits of agreement",
        "kappa, quadratic",
        "PABAK",
    ):
        assert name in text


def test_instruments_are_listed_and_printed(tmp_path: Path) -> None:
    assert [line.split()[0] for line in run("instruments").splitlines()[1:]] == list(instruments.KEYS)
    text = run("instruments", "svdh")
    assert "MCP 2" in text
    assert "EL-MCP2  JL-MCP2" in text
    assert json.loads(run("instruments", "larsen-1977", "--json"))["unverified"] is True
    assert len(json.loads(run("instruments", "--json"))) == len(instruments.KEYS)
    with pytest.raises(CommandError, match="Choose svdh, ") as refused:
        run("instruments", "sharp")
    assert refused.value.returncode == 2


def test_the_commands_run_without_secret_or_database_and_end_with_2_on_bad_input(tmp_path: Path) -> None:
    hidden = ("SECRET_KEY", "DATABASE_URL", "BLINDREAD_MODE", "BLINDREAD_TEST_DATABASE", "DJANGO_SETTINGS_MODULE")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    environment |= {"BLINDREAD_VAR": str(tmp_path / "var"), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    bad = write(tmp_path / "b.csv", ["subject", "reader", "value"], [["S1", "A", "x"]])
    codes = [
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True).returncode
        for words in (["instruments", "svdh"], ["agreement", str(bad)])
    ]
    assert codes == [0, 2]
