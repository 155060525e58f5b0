"""The endpoint by arm from a dataset: tables equal independent computation, and the report works anywhere offline."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from scoring.datasets.package import zip_folder
from tests.scoring.endpoint.built_dataset import (
    FACTS,
    Row,
    arms_of,
    dataset_of,
    row_of,
    run,
    subjects,
    trial,
)

SUPPORTIVE = "Supportive analysis, not part of the trial's analysis plan"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The report of 40 subjects in two arms, stratified by region."""
    dataset = dataset_of(tmp_path / "dataset", trial(40))
    (tmp_path / "arms.csv").write_text(arms_of(subjects(40)))
    said = run(dataset, tmp_path / "arms.csv", tmp_path / "out", "--factor", "region")
    assert said.startswith(f"The report is {tmp_path / 'out' / 'index.html'}. This folder contains treatment arms.")
    return tmp_path / "out"


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def chosen(visit: str, *, observed: bool) -> list[tuple[int, Row]]:
    """Place and row of every subject with a change."""
    rows = [row for row in trial(40) if row["avisit"] == visit]
    return [(at, row) for at, row in enumerate(rows) if row["chg"] != "" and not (observed and row["dtype"])]


USES = [("W24", "Observed", False), ("W52", "Observed and extrapolated", False), ("W52", "Observed only", True)]


@pytest.mark.parametrize(("visit", "used", "observed"), USES)
def test_summaries_and_models_equal_an_independent_computation(
    made: Path, visit: str, used: str, observed: bool
) -> None:
    rows = chosen(visit, observed=observed)
    arm = np.array([at % 2 for at, _ in rows])
    west = np.array([at // 2 % 2 for at, _ in rows])
    change = np.array([float(str(row["chg"])) for _, row in rows])
    base = np.array([float(str(row["status_base"])) for _, row in rows])
    for place, name in enumerate(("placebo", "active")):
        found = one(made, "mtss_changes", visit=visit, used=used, arm=name)
        own = change[arm == place]
        assert [int(found["n"]), float(found["mean"])] == pytest.approx([len(own), own.mean()])
        assert float(found["sd"]) == pytest.approx(own.std(ddof=1))
        assert float(found["q3"]) == pytest.approx(np.percentile(own, 75))
        filled = sum(bool(row["dtype"]) for at, row in rows if at % 2 == place)
        assert float(found["filled_share"]) == pytest.approx(filled / len(own))
    x = np.column_stack([np.ones(len(arm)), arm, base, west])
    beta = np.linalg.lstsq(x, change, rcond=None)[0]
    inverse = np.linalg.inv(x.T @ x)
    scaled = (change - x @ beta) / (1 - np.diag(x @ inverse @ x.T))
    covariance = inverse @ x.T @ np.diag(scaled**2) @ x @ inverse
    found = one(made, "mtss_ls_differences", visit=visit, used=used)
    assert found["compared"] == "active minus placebo"
    assert float(found["difference"]) == pytest.approx(beta[1])
    assert float(found["se"]) == pytest.approx(np.sqrt(covariance[1, 1]))
    assert 1 / 100 <= float(found["permutation"]) <= 1


def one(folder: Path, name: str, **where: str) -> dict[str, str]:
    """The only row with these cells."""
    (found,) = [row for row in table(folder, name) if all(row[key] == value for key, value in where.items())]
    return found


@pytest.mark.parametrize(("visit", "used", "observed"), USES)
def test_shares_and_their_stratified_differences_are_counted_by_threshold(
    made: Path, visit: str, used: str, observed: bool
) -> None:
    rows = chosen(visit, observed=observed)
    for criterion, limit in (
        ("CHG <= 0 (fixed number)", 0),
        ("CHG <= 0.5 (fixed number)", 0.5),
        ("CHG <= 1.4 (SDC)", 1.4),
    ):
        counts = np.zeros((2, 2, 2))
        for at, row in rows:
            counts[at // 2 % 2, at % 2] += [float(str(row["chg"])) <= limit, 1]
        for place, name in enumerate(("placebo", "active")):
            found = one(made, "mtss_shares", visit=visit, used=used, criterion=criterion, arm=name)
            assert (float(found["without"]), float(found["n"])) == tuple(counts[:, place].sum(axis=0))
        weights = counts[:, 1, 1] * counts[:, 0, 1] / (counts[:, 1, 1] + counts[:, 0, 1])
        differences = counts[:, 1, 0] / counts[:, 1, 1] - counts[:, 0, 0] / counts[:, 0, 1]
        found = one(made, "mtss_share_differences", visit=visit, used=used, criterion=criterion)
        assert float(found["difference"]) == pytest.approx((weights * differences).sum() / weights.sum())
        assert float(found["lower"]) < float(found["difference"]) < float(found["upper"])


def test_the_origin_of_every_value_is_counted_by_arm(made: Path) -> None:
    """Places 3, 10, 17, 24, 31, 38 are extrapolated; 5, 16, 27, 38 are missing, which leaves 38 without a value."""
    for place, name in enumerate(("placebo", "active")):
        found = one(made, "mtss_origins", visit="W52", arm=name)
        assert int(found["extrapolated"]) == sum(at % 2 == place for at in (3, 10, 17, 24, 31))
        assert int(found["missing"]) == sum(at % 2 == place for at in (5, 16, 27, 38))
        assert int(found["subjects"]) == 20


def test_the_cumulative_probability_is_drawn_and_is_a_file(made: Path) -> None:
    with (made / "figures" / "mtss_w24_cumulative.csv").open() as file:
        points = [
            (float(row["percent"]), float(row["change"])) for row in csv.DictReader(file) if row["arm"] == "active"
        ]
    changes = sorted(float(str(row["chg"])) for at, row in chosen("W24", observed=False) if at % 2)
    assert [percent for percent, _ in points] == pytest.approx(
        [100 * (rank + 0.5) / 20 for rank in range(len(changes))]
    )
    assert [change for _, change in points] == changes
    ElementTree.parse(made / "figures" / "mtss_w24_cumulative.svg")


class ReportPage(HTMLParser):
    """Elements and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on")]


def test_the_page_has_no_script_needs_no_network_and_links_only_files_beside_it(made: Path) -> None:
    text = (made / "index.html").read_text(encoding="utf-8")
    page = ReportPage()
    page.feed(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.elements)
    assert page.elements.count("figure") == 3
    assert "url(" not in text
    assert "@import" not in text
    assert re.findall(r"@page \{[^}]*A4", text)
    assert "prefers-color-scheme: dark" in text
    assert page.addresses
    for address in page.addresses:
        assert address.startswith("#") or (made / address).is_file(), address


def test_every_table_is_csv_and_json_as_well(made: Path) -> None:
    data = json.loads((made / "results.json").read_text())
    files = {path.stem for folder in ("tables", "figures") for path in (made / folder).glob("*.csv")}
    assert set(data["tables"]) == files
    found = data["tables"]["mtss_ls_differences"]["rows"][0]
    assert repr(found["difference"]) == table(made, "mtss_ls_differences")[0]["difference"]
    assert data["facts"]["Subjects by arm"] == "placebo 20, active 20"


def test_the_report_is_supportive_unless_the_digest_of_a_signed_plan_is_given(made: Path, tmp_path: Path) -> None:
    assert json.loads((made / "results.json").read_text())["heading"] == SUPPORTIVE
    assert "Supportive analysis, not part of the trial&#x27;s analysis plan" in (made / "index.html").read_text()
    digest = "0A" * 32
    run(tmp_path / "dataset", tmp_path / "arms.csv", tmp_path / "plan", "--plan-sha256", digest)
    text = (tmp_path / "plan" / "index.html").read_text()
    assert f"Analysis under the signed plan with SHA-256 {digest.lower()}" in text
    assert "Supportive" not in text


def test_a_zip_and_a_folder_a_spreadsheets_file_and_another_order_give_the_same_bytes(
    made: Path, tmp_path: Path
) -> None:
    zip_folder(tmp_path / "dataset", tmp_path / "dataset.zip")
    first, *lines = (tmp_path / "arms.csv").read_text().split()
    sheet = "\n".join([first.upper(), *reversed(lines)]).replace(",", ";")
    (tmp_path / "sheet.csv").write_text(f"sep=;\n{sheet}\n", encoding="utf-16")
    said = run(tmp_path / "dataset.zip", tmp_path / "sheet.csv", tmp_path / "again", "--factor", "Region")
    assert "The file sheet.csv was read as UTF-16." in said
    names = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    assert names == sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    assert [name for name in names if (made / name).read_bytes() != (tmp_path / "again" / name).read_bytes()] == []


def test_too_few_subjects_give_a_sentence_instead_of_a_figure(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path / "dataset", trial(8, missing=False))
    (tmp_path / "arms.csv").write_text(arms_of(subjects(8)))
    run(dataset, tmp_path / "arms.csv", tmp_path / "out")
    text = (tmp_path / "out" / "index.html").read_text()
    few = "Too few subjects in an arm (placebo 4, active 4): at least 5 in each are needed."
    assert f"W24: no cumulative probability. {few}" in text
    assert "<figure" not in text
    assert one(tmp_path / "out", "mtss_ls_differences", visit="W24")["reason"] == few
    assert one(tmp_path / "out", "mtss_changes", visit="W24", arm="active")["n"] == "4"


def test_subjects_without_a_read_are_counted_when_they_are_allowed(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path / "dataset", trial(12))
    (tmp_path / "arms.csv").write_text(arms_of([*subjects(12), "S901", "S902", "S903"]))
    run(dataset, tmp_path / "arms.csv", tmp_path / "out", "--allow-unread")
    facts = json.loads((tmp_path / "out" / "results.json").read_text())["facts"]
    assert facts["Subjects without a read"] == "active 1, placebo 2"


def test_imputation_and_tipping_point_come_last_and_say_why_when_there_is_none(made: Path, tmp_path: Path) -> None:
    found = one(made, "mtss_imputation", visit="W52")
    assert float(found["imputed_arm"]) == pytest.approx(sum(at % 2 for at in (3, 10, 17, 24, 31, 5, 16, 27, 38)) / 20)
    assert float(found["delta"]) > 0
    assert (made / "index.html").read_text().rindex("<h3>") == (made / "index.html").read_text().index(
        "<h3>Multiple imputation and tipping point"
    )
    dataset = dataset_of(tmp_path / "whole", trial(20, missing=False))
    (tmp_path / "whole.csv").write_text(arms_of(subjects(20)))
    run(dataset, tmp_path / "whole.csv", tmp_path / "none")
    assert "every change was observed, so there is nothing to impute." in (tmp_path / "none" / "index.html").read_text()


def test_a_trial_by_larsen_with_three_arms_and_the_site_as_factor_gets_all_of_it(tmp_path: Path) -> None:
    rows = [row | {"param": "total", "basetype": "STATUS"} for row in trial(45)]
    facts = FACTS | {"instrument": {"key": "larsen-1995", "version": "1", "maximum": 160}}
    dataset = dataset_of(tmp_path / "dataset", rows, facts=facts)
    (tmp_path / "arms.csv").write_text(arms_of(subjects(45), lambda place: ("placebo", "low", "high")[place % 3]))
    run(dataset, tmp_path / "arms.csv", tmp_path / "out", "--factor", "region")
    data = json.loads((tmp_path / "out" / "results.json").read_text())
    assert data["facts"]["Instrument"] == "larsen-1995 version 1, 0 to 160"
    assert {row["compared"] for row in data["tables"]["total_ls_differences"]["rows"]} == {
        "high minus placebo",
        "low minus placebo",
    }
    assert "<h2>Total score</h2>" in (tmp_path / "out" / "index.html").read_text()


def test_names_from_files_are_text_in_the_page_and_no_formula_in_a_csv(tmp_path: Path) -> None:
    arms = arms_of(subjects(12), lambda place: ("placebo", '"=1+<script>alert(1)</script>"')[place % 2])
    (tmp_path / "arms.csv").write_text(arms)
    run(dataset_of(tmp_path / "dataset", trial(12)), tmp_path / "arms.csv", tmp_path / "out")
    assert "<script" not in (tmp_path / "out" / "index.html").read_text()
    assert {row["arm"] for row in table(tmp_path / "out", "mtss_origins")} == {
        "placebo",
        "'=1+<script>alert(1)</script>",
    }


def test_a_visit_with_two_baselines_is_two_visits(tmp_path: Path) -> None:
    rows = trial(12, missing=False)
    rows += [row_of(name, ("W52", 3, 364), 4.0, 1.0, basetype="ALL VISITS") for name in subjects(12)]
    (tmp_path / "arms.csv").write_text(arms_of(subjects(12)))
    run(dataset_of(tmp_path / "dataset", rows), tmp_path / "arms.csv", tmp_path / "out")
    visits = {row["visit"] for row in table(tmp_path / "out", "mtss_changes")}
    assert visits == {"W24", "W52 (W52 PAIRED)", "W52 (ALL VISITS)"}


def test_a_visit_holds_its_extrapolated_values_whichever_baseline_they_belong_to(tmp_path: Path) -> None:
    """An extrapolated value at W52 names the baseline of the change to W24, the last film before the event."""
    rows = [row | {"basetype": "W24 PAIRED"} if row["dtype"] == "extrapolated" else row for row in trial(40)]
    (tmp_path / "arms.csv").write_text(arms_of(subjects(40)))
    run(dataset_of(tmp_path / "dataset", rows), tmp_path / "arms.csv", tmp_path / "out")
    found = [row for row in table(tmp_path / "out", "mtss_changes") if row["arm"] == "active"]
    uses = {(row["visit"], row["used"]) for row in found}
    assert uses == {("W24", "Observed"), ("W52", "Observed and extrapolated"), ("W52", "Observed only")}


def test_the_list_of_arms_is_taken_as_it_was_received_from_the_custodians(tmp_path: Path) -> None:
    lines = [line.split(",")[:2] for line in arms_of(subjects(12)).splitlines()[1:]]
    text = "\r\n".join(["SUBJID,ARM", *(",".join(pair) for pair in lines)]) + "\r\n"
    (tmp_path / "arms.csv").write_text(text, newline="")
    run(dataset_of(tmp_path / "dataset", trial(12)), tmp_path / "arms.csv", tmp_path / "out")
    assert {row["arm"] for row in table(tmp_path / "out", "mtss_origins")} == {"placebo", "active"}
