"""Reads a design, shipped or the user's own, from TOML. A refusal gives the key, the value and what is allowed.

Example: rehearsal/trial/designs/ra-beam.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import instruments
from config.errors import BadInput
from config.wording import either, quoted
from rehearsal.trial.design import Arm, CharterDesign, Design, DesignVisit, Readers

SHIPPED = Path(__file__).parent / "designs"
NAMES = tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))
# The baseline and the rescue visits, which the rehearsal adds.
RESERVED = frozenset({"W00", "RESC", "RESCUE"})
TABLES = {"visit", "arm", "charter", "readers"}
Part = TypeVar("Part", Design, Arm, CharterDesign, DesignVisit, Readers)


def find_design(name: str) -> Design:
    """The shipped design of this name, or the design in a file ending in .toml."""
    path = SHIPPED / f"{name}.toml" if name in NAMES else Path(name)
    if path.suffix != ".toml" or not path.is_file():
        raise BadInput(f"There is no design {quoted(name)}. Give {either(NAMES)}, or a file that ends in .toml.")
    return read_design(path.read_bytes(), path.name)


def read_design(content: bytes, name: str) -> Design:
    """The design that a TOML file describes."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The file {name} is not TOML in UTF-8 ({error}). Correct the file.") from None
    design = part_of(Design, {key: value for key, value in table.items() if key not in TABLES}, "the design")
    design = replace(
        design,
        visits=tuple(several(DesignVisit, table, "visit")),
        arms=tuple(several(Arm, table, "arm")),
        charter=part_of(CharterDesign, table_of(table, "charter"), "[charter]"),
        readers=part_of(Readers, table_of(table, "readers"), "[readers]"),
    )
    check_together(design)
    return design


def several(kind: type[Part], table: Mapping[str, Any], key: str) -> Iterable[Part]:
    """The parts of a list such as [[arm]]; at least one."""
    found = table.get(key)
    if not isinstance(found, list) or not found:
        raise BadInput(f"The design has no [[{key}]]. Give one or more.")
    for number, one in enumerate(found, start=1):
        yield part_of(kind, one, f"[[{key}]] number {number}")


def table_of(table: Mapping[str, Any], key: str) -> Any:
    return table.get(key, {})


def part_of(kind: type[Part], table: Any, where: str) -> Part:
    """One part of a design from its table."""
    known = {one.name: one for one in fields(kind) if "allowed" in one.metadata}
    if not isinstance(table, Mapping):
        raise BadInput(f"In {where}, {quoted(table)} is not a table. Give {either(known)} as key = value.")
    for key in table:
        if key not in known:
            raise BadInput(f"In {where}, the key {quoted(key)} is not known. Give {either(known)}.")
    return kind(**{key: value_of(one, table[key], where) for key, one in known.items() if is_given(one, table, where)})


def is_given(one: Field[Any], table: Mapping[str, Any], where: str) -> bool:
    """Whether the key has a value; a missing required value is refused."""
    if one.name not in table and one.default is MISSING and one.default_factory is MISSING:
        raise BadInput(f"In {where}, the key {quoted(one.name)} is missing. {one.metadata['allowed'].says}")
    return one.name in table


def value_of(one: Field[Any], value: Any, where: str) -> Any:
    """The value of a key, checked."""
    taken = one.metadata["allowed"].taken(value)
    if taken is None:
        raise BadInput(f"In {where}, {one.name} cannot be {quoted(value)}. {one.metadata['allowed'].says}")
    return taken


def check_together(design: Design) -> None:
    """Checks that concern several keys together."""
    weeks = [visit.week for visit in design.visits]
    if weeks != sorted(set(weeks)):
        raise BadInput(f"The weeks of the visits are {', '.join(map(str, weeks))}. Give each once, in order of time.")
    for what, names in (("visit", design.codes), ("arm", [arm.name for arm in design.arms])):
        if len(set(names)) < len(names):
            raise BadInput(f"Two parts of [[{what}]] have the same name: {', '.join(names)}. Give each its own.")
    check_codes(design)
    if design.charter.reference not in design.codes:
        given = quoted(design.charter.reference)
        raise BadInput(f"In [charter], reference cannot be {given}. Give {either(design.codes)}.")
    joints = {item.joint for item in instruments.get(design.instrument).items}
    for joint in design.readers.joints:
        if joint not in joints:
            raise BadInput(f"In [readers], joints cannot name {quoted(joint)}. Give {either(sorted(joints))}.")
    for arm in design.arms:
        check_arm(arm, design)


def check_codes(design: Design) -> None:
    """Refuses a visit with the code of one that the rehearsal adds."""
    for code in design.codes:
        if code in RESERVED:
            text = f"In [[visit]], code cannot be {quoted(code)}, which a rehearsal uses itself. Choose another."
            raise BadInput(text)


def check_arm(arm: Arm, design: Design) -> None:
    """Each visit has a mean change: never decreasing, and large enough for the share of subjects who progress."""
    if set(arm.change) != set(design.codes):
        given, needed = ", ".join(arm.change), ", ".join(design.codes)
        raise BadInput(f"In [[arm]] {arm.name}, change is given for {given or 'no visit'}. Give it for {needed}.")
    means = [arm.change[code] for code in design.codes]
    if means != sorted(means) or means[0] < arm.progressors:
        raise BadInput(
            f"In [[arm]] {arm.name}, change cannot be {', '.join(f'{mean:g}' for mean in means)}. Give means that do "
            f"not fall over time, and none below progressors ({arm.progressors:g}), since each gains a point or more."
        )
