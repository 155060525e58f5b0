"""What bin/manage verify_randomisation says of files that it cannot use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.errors import BadInput
from reading.issuing.randomisation import commitment
from scoring.datasets.tables import ORDERS
from scoring.datasets.verifier import MANIFEST
from scoring.plain_files.orders import read_drawing

SEED = bytes(range(32))
ROW = {
    "READID": "r1",
    "CASENUM": "1",
    "READKIND": "primary",
    "COMMITMENT": commitment(SEED),
    "QUEUE": "q1",
    "ENTRY": "r1",
    "QUEUEPOS": "0",
    "STEP": "1",
    "STEPCOUNTS": "Y",
    "POSITION": "0",
    "LETTER": "A",
    "KEY": "k1",
    "VISITPOS": "1",
    "REPEATDRAWN": "",
}
TABLE = f"{','.join(ROW)}\n{','.join(ROW.values())}\n"
TERMS = json.dumps({"charter": {"terms": {"presentation": "together-random"}}})
SEEDS = json.dumps({"seeds": [{"seed": SEED.hex()}]})


def use(folder: Path, terms: str = TERMS, table: str = TABLE, seeds: str = SEEDS) -> None:
    """Reads a folder with these three files."""
    (folder / MANIFEST).write_text(terms)
    (folder / ORDERS.name).write_text(table)
    (folder / "seeds.json").write_text(seeds)
    read_drawing(folder, folder / "seeds.json")


def test_files_as_they_are_downloaded_and_revealed_are_used(tmp_path: Path) -> None:
    use(tmp_path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"terms": "{}"}, "has no charter terms. Name the folder of an unpacked dataset."),
        ({"terms": TERMS.replace("together-random", "upside-down")}, "The charter has the presentation “upside-down”."),
        ({"terms": "{"}, "cannot be read as JSON: Expecting property name"),
        ({"table": TABLE.replace("LETTER", "PLACE")}, "The file orders.csv has no column LETTER."),
        ({"table": TABLE.replace(",0,", ",first,")}, "has a row that is cut short, or that lacks a whole number"),
        ({"table": f"{TABLE}r2,1\n"}, "has a row that is cut short, or that lacks a whole number"),
        ({"seeds": "{}"}, "The file seeds.json is not a file of seeds"),
        ({"seeds": SEEDS.replace(SEED.hex(), "00ff")}, "The seed “00ff” has 2 bytes. A seed has 32."),
        ({"seeds": SEEDS.replace("00", "01")}, "The file seeds.json lacks the seed whose commitment is"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong_in_it(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    with pytest.raises(BadInput) as refused:
        use(tmp_path, **files)
    assert message in str(refused.value)


def test_a_folder_without_its_table_of_orders_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(TERMS)
    with pytest.raises(BadInput, match=r"orders\.csv cannot be read: No such file or directory\."):
        read_drawing(tmp_path, tmp_path / "seeds.json")
