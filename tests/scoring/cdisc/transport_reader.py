"""Reads SAS transport files, version 5, with nothing of the writer's: bytes, struct and exact fractions."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

HEADER = b"HEADER RECORD*******"
TransportCell = str | float | None


@dataclass(frozen=True)
class Described:
    """A variable as the file describes it."""

    name: str
    label: str
    number: bool
    length: int
    format: str
    at: int


@dataclass(frozen=True)
class TransportDataset:
    """A dataset as read; a special missing value is its letter after a point."""

    name: str
    label: str
    variables: tuple[Described, ...]
    rows: list[dict[str, TransportCell]]

    @property
    def lengths(self) -> dict[str, int]:
        return {one.name: one.length for one in self.variables}


def read_transport(path: Path) -> TransportDataset:
    """The one dataset of a file."""
    return parsed(path.read_bytes())


def parsed(content: bytes) -> TransportDataset:
    """The one dataset of these bytes."""
    assert len(content) % 80 == 0
    assert content.startswith(HEADER + b"LIBRARY HEADER RECORD!!!!!!!" + b"0" * 30 + b"  ")
    member, described, names = content[400:480], content[480:560], content[560:640]
    assert content[240:320].startswith(HEADER + b"MEMBER  ")
    assert content[320:400].startswith(HEADER + b"DSCRPTR ")
    assert names.startswith(HEADER + b"NAMESTR ")
    count = int(names[54:58])
    variables = tuple(variable_of(content[640 + 140 * n : 780 + 140 * n]) for n in range(count))
    start = 640 + -(-140 * count // 80) * 80
    assert content[start : start + 80].startswith(HEADER + b"OBS     ")
    width = sum(one.length for one in variables)
    data = content[start + 80 :]
    lines = [data[at : at + width] for at in range(0, len(data) - width + 1, width)]
    rows = [{one.name: cell_of(line[one.at : one.at + one.length], one) for one in variables} for line in lines]
    while lines and not lines[-1].strip(b" "):
        del lines[-1], rows[-1]
    return TransportDataset(member[8:16].decode().rstrip(), described[32:72].decode().rstrip(), variables, rows)


def variable_of(record: bytes) -> Described:
    kind, length = struct.unpack(">h2xh", record[:6])
    width, decimals = struct.unpack(">hh", record[64:68])
    shown = record[56:64].decode().rstrip()
    at = struct.unpack(">l", record[84:88])[0]
    name, label = (record[a:b].decode("ascii").rstrip() for a, b in ((8, 16), (16, 56)))
    return Described(name, label, kind == 1, length, f"{shown}{width}.{decimals or ''}" if shown else "", at)


def cell_of(content: bytes, one: Described) -> TransportCell:
    if not one.number:
        return content.decode("ascii").rstrip(" ")
    if not any(content[1:]) and content[0] in b"._ABCDEFGHIJKLMNOPQRSTUVWXYZ" and content[0]:
        return None if content[:1] == b"." else f".{content[:1].decode()}"
    fraction = Fraction(int.from_bytes(content[1:], "big"), 2**56)
    sign = -1 if content[0] & 0x80 else 1
    return float(sign * fraction * Fraction(16) ** ((content[0] & 0x7F) - 64))
