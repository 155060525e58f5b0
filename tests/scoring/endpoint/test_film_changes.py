"""The films behind a dataset, those that serve no analysis visit as well, and why one of them has no change."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from scoring.endpoint.by_arm.analysis_rows import read_analysis
from scoring.endpoint.by_arm.events_list import ListedEvent, apply_events
from scoring.endpoint.by_arm.film_changes import films_of
from scoring.endpoint.by_arm.opened_dataset import OpenedDataset
from tests.scoring.endpoint.built_dataset import FACTS, baseline_of, row_of, write_rows
from tests.scoring.endpoint.test_events import WINDOWS

BASETYPE = "CAMPAIGN W52 REPEAT 1 W00 TO U1"
FILM = {"USUBJID": "S1", "PARAMCD": "SVTSA", "BASETYPE": BASETYPE, "ADT": 1, "ABLFL": "", "ADY": 161, "CHG": None}
CHANGE = {"USUBJID": "S1", "VISIT": "U1", "SOURCE": "RESULT", "GROUP": "total", "EXACT": "", "NAREASON": "too few"}


def reason_at_week_24(folder: Path, base_visit: str) -> str:
    """W24 loses its film of day 170 to a rescue on day 165 and gets U1, of day 160, which has no change."""
    (folder / "cdisc").mkdir()
    lines = [{"columns": [{"name": name} for name in FILM]}, list(FILM.values())]
    (folder / "cdisc" / "adxr.ndjson").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="ascii")
    with (folder / "changes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*CHANGE, "BASEVISIT"])
        writer.writeheader()
        writer.writerow(CHANGE | {"BASEVISIT": base_visit})
    given = [baseline_of("S1", 10, param="total"), row_of("S1", ("W24", 2, 168), 10, 2.0, ady=170, param="total")]
    rows = read_analysis(write_rows(folder / "analysis.csv", given))
    films = films_of(OpenedDataset(folder, "", FACTS), rows, {"S1"})
    event = [ListedEvent("S1", "rescue", 165)]
    found = apply_events(rows, event, {"rescue": "locf"}, films=films, windows=WINDOWS).rows[1]
    assert (found.chg, found.ady) == (None, 160)
    return found.reason


def test_a_visit_served_by_a_film_without_a_change_has_the_reason_of_the_dataset(tmp_path: Path) -> None:
    assert reason_at_week_24(tmp_path, "W00") == "too few"


def test_a_film_whose_reason_no_file_has_is_named_with_its_interval(tmp_path: Path) -> None:
    """The case begins with W-4, so changes.csv has no change from W00."""
    assert reason_at_week_24(tmp_path, "W-4") == "no change from W00 to U1"
