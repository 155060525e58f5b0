"""The files of a transfer, written in blocks of cases: nothing of a block stays in memory when the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO

from scoring.cdisc.adam import ADXR, ADXRJ
from scoring.cdisc.adxr_rows import adxr_rows
from scoring.cdisc.adxrj_columns import adxrj_block
from scoring.cdisc.columns import RowBlock, block_of
from scoring.cdisc.dataset_json import JsonFile
from scoring.cdisc.define import define_xml
from scoring.cdisc.facts import CampaignFacts, CaseFacts
from scoring.cdisc.mk_columns import mk_block
from scoring.cdisc.other_sdtm_rows import pr_rows, relrec_rows, supp_rows
from scoring.cdisc.parquet import ParquetFile
from scoring.cdisc.scored_rows import ScoredRows, in_order_of_mk
from scoring.cdisc.sdtm import MK, PR, RELREC, SUPPMK
from scoring.cdisc.variables import TransferTable
from scoring.cdisc.xport import TransportFile

FOLDER, DEFINE = "cdisc", "define.xml"
TABLES: tuple[TransferTable, ...] = (MK, SUPPMK, PR, RELREC, ADXR, ADXRJ)


class Transfer:
    """The open files; leaving the block completes them."""

    def __init__(self, folder: Path, campaign: CampaignFacts) -> None:
        self.folder, self.campaign, self.stack = folder / FOLDER, campaign, ExitStack()
        self.files: dict[str, TransportFile] = {}
        self.lines: dict[str, JsonFile] = {}
        self.columns: dict[str, ParquetFile] = {}

    def __enter__(self) -> Transfer:
        self.folder.mkdir()
        (self.folder / DEFINE).write_bytes(define_xml(self.campaign, TABLES))
        for table in TABLES:
            self.files[table.name] = TransportFile(self.opened(table.file), table)
            self.lines[table.name] = JsonFile(self.opened(table.json_file), table, self.campaign)
            self.columns[table.name] = ParquetFile(self.opened(table.parquet_file), table)
        self.put("RELREC", block_of(relrec_rows(self.campaign)))
        return self

    def opened(self, name: str) -> IO[bytes]:
        """A new file, closed with the others."""
        return self.stack.enter_context((self.folder / name).open("wb"))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.stack:
            for name in self.files:
                self.files[name].close()
                self.lines[name].close()
                self.columns[name].close()

    def write(self, cases: Sequence[CaseFacts]) -> None:
        """The rows of some cases into every file."""
        read = [(case, in_order_of_mk(case)) for case in cases]
        scored = ScoredRows(self.campaign.instrument, [one for _, readings in read for one in readings])
        mk = mk_block(self.campaign, scored)
        self.put("MK", mk)
        self.put("ADXRJ", adxrj_block(self.campaign, scored, mk))
        self.put("SUPPMK", block_of([row for case, readings in read for row in supp_rows(case, readings)]))
        self.put("PR", block_of([row for case in cases for row in pr_rows(case)]))
        self.put("ADXR", block_of([row for case, readings in read for row in adxr_rows(case, readings)]))

    def put(self, name: str, block: RowBlock) -> None:
        """Rows of one dataset, in each format."""
        self.files[name].write(block)
        self.lines[name].write(block)
        self.columns[name].write(block)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by file, as named in the package."""
        return {f"{FOLDER}/{one.table.file}": one.rows for one in self.files.values()}
