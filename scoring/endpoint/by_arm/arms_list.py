"""The list of arms: subject, arm and the factors of randomisation, one line for each subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import BadInput
from config.wording import both, counted, either, quoted
from scoring.endpoint.by_arm.named_files import in_file, lines_of
from scoring.plain_files.lines import FileLine, natural

MOST_ARMS = 8
NAMED = 5
SITE = "site"


@dataclass(frozen=True)
class Arms:
    """The arm of every subject, the arms with the reference first, factors by subject, and subjects without a read."""

    of: Mapping[str, str]
    names: tuple[str, ...]
    factors: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    unread: Mapping[str, int]

    @property
    def reference(self) -> str:
        """The arm with which every other is compared."""
        return self.names[0]


@dataclass(frozen=True)
class ArmsChoice:
    """What the statistician chose: reference arm, factors, and whether the list may name subjects without a read."""

    reference: str = ""
    factors: tuple[str, ...] = ()
    allow_unread: bool = False


def read_arms(path: Path, sites: Mapping[str, str], choice: ArmsChoice) -> Arms:
    """The arms of the subjects in `sites` (site by subject); BadInput names the line, the value and what is allowed."""
    own = tuple(name.lower() for name in choice.factors)
    with in_file(path):
        columns, lines = lines_of(path, ("subject", "arm"))
        listed = tuple(name for name in own if name != SITE or SITE in columns)
        for name in listed:
            if name not in columns:
                given = [*(column for column in columns if column not in ("subject", "arm")), SITE]
                raise BadInput(
                    f"Line 1 has no column {quoted(name)} for --factor. Choose {either(dict.fromkeys(given))}."
                )
        found = by_subject(lines)
        unread = count_unread(found, sites, choice)
        refuse_missing(found, sites)
        arm_of = {subject: line.text("arm") for subject, line in found.items() if subject in sites}
        levels = {subject: levels_of(found[subject], own, listed, sites[subject]) for subject in arm_of}
        return Arms(arm_of, ordered(arm_of.values(), choice.reference), own, levels, unread)


def by_subject(lines: list[FileLine]) -> dict[str, FileLine]:
    found: dict[str, FileLine] = {}
    for line in lines:
        subject, arm = line.text("subject"), line.text("arm")
        if subject in found:
            first = found[subject]
            text = f"Line {first.number} gives the same subject arm {quoted(first.text('arm'))}, this one {quoted(arm)}"
            raise line.refusal("subject", f"{text}. Write one line for each subject.")
        found[subject] = line
    return found


def count_unread(found: Mapping[str, FileLine], sites: Mapping[str, str], choice: ArmsChoice) -> dict[str, int]:
    unknown = [line for subject, line in found.items() if subject not in sites]
    if unknown and not choice.allow_unread:
        more = f" {counted(len(unknown), 'line names', 'lines name')} subjects that it does not have."
        text = "Write subjects of the dataset, or give --allow-unread to count the others."
        raise unknown[0].refusal("subject", f"The dataset has no such subject.{more} {text}")
    counts: dict[str, int] = {}
    for line in unknown:
        counts[line.text("arm")] = counts.get(line.text("arm"), 0) + 1
    return counts


def refuse_missing(found: Mapping[str, FileLine], sites: Mapping[str, str]) -> None:
    missing = sorted((subject for subject in sites if subject not in found), key=natural)
    if missing:
        named = both([*missing[:NAMED], *([f"{len(missing) - NAMED} more"] if len(missing) > NAMED else [])])
        have = counted(len(missing), "subject of the dataset has", "subjects of the dataset have")
        raise BadInput(f"{have} no line: {named}. Write one line with an arm for each subject.")


def levels_of(line: FileLine, own: Sequence[str], listed: Sequence[str], site: str) -> tuple[str, ...]:
    return tuple(line.text(name) if name in listed else site or "unknown" for name in own)


def ordered(arms: Iterable[str], reference: str = "") -> tuple[str, ...]:
    """The arms by name, the reference first. BadInput unless there are two to MOST_ARMS, the reference among them."""
    names = sorted(set(arms), key=natural)
    if len(names) < 2:
        raise BadInput(f"Every subject has the arm {either(names)}. A comparison needs at least two arms.")
    if len(names) > MOST_ARMS:
        raise BadInput(f"The file names {len(names)} arms. Name at most {MOST_ARMS}, in the column arm.")
    if reference and reference not in names:
        raise BadInput(f"No subject has the arm {quoted(reference)} of --reference. Choose {either(names)}.")
    first = reference or names[0]
    return (first, *(name for name in names if name != first))
