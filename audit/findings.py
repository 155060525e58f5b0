"""The findings of a verification: each identifies the row concerned."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from config.wording import counted


@dataclass(frozen=True)
class AuditFinding:
    """One fault: its kind, table and row, and what is wrong."""

    fault: str
    table: str
    row: str
    says: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.says}" if self.table else f"{self.row}: {self.says}"


@dataclass
class Report:
    """The counts of what was checked, and the faults in the order in which they were found."""

    events: int = 0
    rows: int = 0
    anchors: int = 0
    files: int = 0
    findings: list[AuditFinding] = field(default_factory=list)

    def found(self, fault: str, table: str, row: object, says: str) -> None:
        self.findings.append(AuditFinding(fault, table, str(row), says))

    @property
    def seen(self) -> str:
        """How much was checked, in words."""
        parts = ((self.events, "event"), (self.rows, "row"), (self.anchors, "anchor"))
        return ", ".join(counted(number, noun) for number, noun in parts)

    @property
    def intact(self) -> bool:
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        counts = {"events": self.events, "rows": self.rows, "anchors": self.anchors, "files": self.files}
        return {"intact": self.intact, **counts, "findings": [asdict(finding) for finding in self.findings]}
