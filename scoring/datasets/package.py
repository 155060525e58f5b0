"""Writes a dataset as a folder of files: the same rows give the same bytes. The root is the manifest's SHA-256."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import islice
from operator import itemgetter
from pathlib import Path
from types import TracebackType

from config.cells import FORMULA_SIGNS
from config.wording import counted
from instruments.definition import Instrument
from scoring.cdisc.facts import CampaignFacts
from scoring.cdisc.parameters import reader_slots
from scoring.cdisc.readings import ADJUDICATOR
from scoring.cdisc.terms import Codelist, codelists
from scoring.cdisc.transfer import FOLDER
from scoring.cdisc.transfer import TABLES as TRANSFER_TABLES
from scoring.cdisc.variables import Variable
from scoring.datasets import verifier
from scoring.datasets.case_rows import Row
from scoring.datasets.column_forms import DECIMAL, INTEGER, TEXT, form_of
from scoring.datasets.columns import DatasetColumn, DatasetTable
from scoring.datasets.tables import CODEBOOK, CORRECTIONS, TABLES
from scoring.endpoint.films import params_of

PIECE, AT_ONCE = 1 << 20, 1000
END, QUOTE, QUOTED = "\r\n", '"', re.compile('[,"\r\n]')
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class TableFile:
    """A CSV file being written, row by row."""

    def __init__(self, folder: Path, table: DatasetTable) -> None:
        self.table = table
        self.file = (folder / table.name).open("w", encoding="utf-8", newline="")
        self.names = table.names
        csv.writer(self.file, lineterminator=END).writerow(self.names)
        self.rows = 0

    def write(self, rows: Iterable[Row]) -> None:
        """Appends rows in blocks; text that a spreadsheet would read as a formula is kept as text."""
        left = iter(rows)
        while some := list(islice(left, AT_ONCE)):
            columns = [cells_of(column_of(some, name)) for name in self.names]
            self.file.write(END.join(map(",".join, zip(*columns, strict=True))) + END)
            self.rows += len(some)


class Package:
    """The open tables of a package; closing them leaves complete files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables = {table.name: TableFile(folder, table) for table in TABLES}

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as stack:
            for table in self.tables.values():
                stack.callback(table.file.close)

    def write(self, table: DatasetTable, rows: Iterable[Row]) -> None:
        """Appends rows to a table."""
        self.tables[table.name].write(rows)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by file."""
        return {name: table.rows for name, table in self.tables.items()}


def column_of(rows: list[Row], name: str) -> list[object]:
    """The values of a column; empty where a row does not have it."""
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name, "") for row in rows]


def cells_of(values: list[object]) -> list[str]:
    """The values of a column as cells. Each distinct text or whole number is examined once: most columns repeat a few.

    Values of other types can be equal and still be written differently.
    """
    if not set(map(type, values)) <= {str, int}:
        return [cell_of(value) for value in values]
    cells = {value: cell_of(value) for value in set(values)}
    return list(map(cells.__getitem__, values))


def cell_of(value: object) -> str:
    """A value as a cell of a CSV file, quoted like the standard library does where needed.

    >>> cell_of(None), cell_of(2), cell_of("-1/2"), cell_of("=A1"), cell_of('a "b", c')
    ('', '2', '-1/2', "'=A1", '"a ""b"", c"')
    """
    text = "" if value is None else str(harmless(value))
    return f'"{text.replace(QUOTE, QUOTE * 2)}"' if QUOTED.search(text) else text


def harmless(value: object) -> object:
    """Text that begins like a formula gets an apostrophe; numbers are unchanged."""
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS) and not is_number(value):
        return f"'{value}"
    return value


def is_number(text: str) -> bool:
    """Whether the text is a number or a fraction, which may begin with a minus."""
    return text.lstrip("-").replace(".", "", 1).replace("/", "", 1).isdigit()


def write_codebook(folder: Path, campaign: CampaignFacts) -> None:
    """One row per column of every table and per variable of every transport file."""
    instrument, readers = campaign.instrument, campaign.readers
    codebook = TableFile(folder, CODEBOOK)
    for table in (*TABLES, CORRECTIONS):
        codebook.write({"FILE": table.name, **described(column, readers, instrument)} for column in table.columns)
    lists = codelists(instrument, readers, campaign.criterion)
    for transferred in TRANSFER_TABLES:
        name = f"{FOLDER}/{transferred.file}"
        codebook.write({"FILE": name, **as_column(one, lists.get(one.codelist))} for one in transferred.variables)
    codebook.file.close()


def described(column: DatasetColumn, readers: int, instrument: Instrument) -> Row:
    """A column as a row of the codebook."""
    form = column.typed
    of_campaign = {
        "READER": (*reader_slots(1, readers), ADJUDICATOR),
        "FEATURE": instrument.features,
        "param": params_of(instrument),
    }
    codes = of_campaign.get(column.name, form.codes)
    row: Row = {"COLUMN": column.name, "MEANING": column.says, "TYPE": form.kind, "LENGTH": form.length}
    return row | {"CODELIST": ";".join(codes)}


def as_column(one: Variable, listed: Codelist | None) -> Row:
    """A variable of a transport file as a row of the codebook; a list too long for a cell is named."""
    kind = (DECIMAL if one.digits else INTEGER) if one.number else TEXT
    values = ";".join(listed.values) if listed else ""
    if listed and len(values) > form_of("CODELIST").length:
        values = f"{counted(len(listed.values), 'value')}: {listed.label}"
    row: Row = {"COLUMN": one.name, "TYPE": kind, "LENGTH": one.length, "CODELIST": values}
    return row | {"MEANING": f"{one.label}. {one.says}".strip()}


def seal_folder(folder: Path, facts: dict[str, object]) -> str:
    """Adds the verifier and the manifest; returns the root."""
    (folder / "verify.py").write_bytes(Path(verifier.__file__).read_bytes())
    files = {
        str(path.relative_to(folder)): {"size": path.stat().st_size, "sha256": verifier.file_digest(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != verifier.MANIFEST
    }
    text = json.dumps({**facts, "files": files}, indent=1, sort_keys=True, ensure_ascii=True) + "\n"
    (folder / verifier.MANIFEST).write_text(text, encoding="ascii", newline="\n")
    return verifier.file_digest(folder / verifier.MANIFEST)


def zip_folder(folder: Path, target: Path) -> None:
    """Writes the folder as a zip whose bytes depend only on the contents."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder)}", ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                entry.file_size = path.stat().st_size
                with path.open("rb") as source, archive.open(entry, "w") as packed:
                    shutil.copyfileobj(source, packed, PIECE)
