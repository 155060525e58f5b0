"""Item scores from a file, plain or scores.csv of a dataset, as reads; those of primary readers as ratings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import numpy as np

from config.errors import BadInput
from config.wording import either, quoted
from instruments import Instrument
from instruments.amounts import Amount
from scoring.agreement.report import Cube
from scoring.consensus.results import groups_of
from scoring.plain_files.lines import DATASET_SUBJECT, FileLine, natural, need, read_lines
from scoring.plain_files.numbers import whole_in
from scoring.plain_files.scores import PlainRead, coded_reason, grade_in, reads_in
from scoring.plain_files.totals import PlainTotals

COLUMNS = (
    DATASET_SUBJECT,
    "VISITPOS",
    "VISIT",
    "READER",
    "READERID",
    "COUNTFL",
    "REPEATFL",
    "PARAMCD",
    "AVAL",
    "NAREASON",
)
PRIMARY, REPEAT, ADJUDICATION = "primary", "repeat", "adjudication"


def read_scores(path: Path, instrument: Instrument) -> list[PlainRead]:
    """The reads in a file of item scores, from a dataset or plain, by campaign, subject, reader and visit."""
    columns, lines = read_lines(path, ())
    reads_of = reads_of_dataset if DATASET_SUBJECT in columns else reads_in
    reads = reads_of(columns, lines, instrument)
    if not reads:
        raise BadInput(f"The file {path.name} has no scores. Write at least one line after the first.")
    return sorted(reads, key=lambda read: (*read.series, natural(read.visit)))


def reads_of_dataset(columns: tuple[str, ...], lines: Iterable[FileLine], instrument: Instrument) -> list[PlainRead]:
    """The reads, each with READERID as its reader and its kind as its campaign; VISITPOS orders a subject's visits.

    Values of steps that do not enter a result are left out, as in the dataset's totals.
    """
    need(columns, COLUMNS)
    items = {item.paramcd: item for item in instrument.items}
    reads: dict[tuple[str, ...], PlainRead] = {}
    for line in lines:
        item = items.get(line.text("PARAMCD"))
        if item is None:
            example = instrument.items[0].paramcd
            raise line.refusal("PARAMCD", f"Write the code of an item of {instrument.key}, such as {example}.")
        kind = kind_of(line)
        if not kind:
            continue
        read = read_of(line, kind, reads)
        if item.key in read.values:
            raise line.refusal("PARAMCD", f"Write each item of a read once. {whose(read)} already has it.")
        read.values[item.key] = grade_in(line, "AVAL", item)
        if line.cells["NAREASON"]:
            read.reasons[item.key] = coded_reason(line, "NAREASON", instrument, read.values[item.key])
    return list(reads.values())


def whose(read: PlainRead) -> str:
    """A read in words."""
    return f"Subject {read.subject}, visit {read.visit}, reader {read.reader}"


def kind_of(line: FileLine) -> str:
    if line.cells["REPEATFL"] == "Y":
        return REPEAT
    if line.cells["COUNTFL"] != "Y":
        return ""
    return ADJUDICATION if line.text("READER") == "ADJUDICATOR" else PRIMARY


def read_of(line: FileLine, kind: str, reads: dict[tuple[str, ...], PlainRead]) -> PlainRead:
    subject, visit, reader = line.text(DATASET_SUBJECT), line.text("VISIT"), line.text("READERID")
    place = whole_in(line.cells["VISITPOS"])
    if place is None:
        raise line.refusal("VISITPOS", "Write the number of the visit, from 1.")
    return reads.setdefault((kind, subject, reader, visit), PlainRead(subject, visit, reader, kind, place, line.number))


def primary_ratings(totals: PlainTotals, group: str) -> Cube:
    """The primary readers' totals of a group of sites and their changes from the baseline: subjects x visits x readers.

    Changes are computed by the rule of `totals` from the baseline that it names. A missing number is NaN.
    """
    groups = groups_of(totals.instrument)
    if group not in groups:
        raise BadInput(f"The group of sites cannot be {quoted(group)}. Choose {either(groups)}.")
    scored = [one for one in totals.scored() if one.read.campaign == PRIMARY]
    if not scored:
        raise BadInput("The file has no primary read that counts, and agreement is computed from those.")
    subjects = sorted({one.read.subject for one in scored})  # as in the dataset: resampling draws them by their place
    readers = sorted({one.read.reader for one in scored}, key=natural)
    visits = list(dict.fromkeys([str(totals.baseline), *visits_in_order([one.read for one in scored])]))
    values, changes = np.full((2, len(subjects), len(visits), len(readers)), np.nan)
    feature, region = groups[group]
    for one in scored:
        at = subjects.index(one.read.subject), visits.index(one.read.visit), readers.index(one.read.reader)
        values[at] = number(one.total.of(feature=feature, region=region))
        if one.change is not None:
            changes[at] = number(one.change.difference.of(feature=feature, region=region))
    return Cube(values, tuple(visits), tuple(readers), changes[:, 1:])


def number(amount: Amount) -> float:
    return float("nan") if amount.value is None else amount.value


def first_visit(reads: Iterable[PlainRead]) -> str:
    """The visit that is first for most subjects."""
    first: dict[str, tuple[int, str]] = {}
    for read in reads:
        place = (read.day or 0, read.visit)
        first[read.subject] = min(place, first.get(read.subject, place))
    return Counter(visit for _, visit in first.values()).most_common(1)[0][0]


def visits_in_order(reads: Sequence[PlainRead]) -> list[str]:
    """The visits in the order that each subject's visits have, even if subjects have different visits.

    Where two subjects have visits in opposite orders, the largest position of each visit decides.
    """
    of_subject: dict[str, dict[str, int]] = {}
    for read in reads:
        of_subject.setdefault(read.subject, {})[read.visit] = read.day or 0
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for places in of_subject.values():
        visits = sorted(places, key=places.__getitem__)
        sorter.add(visits[0])
        for before, visit in pairwise(visits):
            sorter.add(visit, before)
    try:
        sorter.prepare()
    except CycleError:
        largest = {visit: max(p.get(visit, 0) for p in of_subject.values()) for p in of_subject.values() for visit in p}
        return sorted(largest, key=lambda visit: (largest[visit], natural(visit)))
    found: list[str] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=natural)
        sorter.done(ready[0])
        found.append(ready.pop(0))
    return found
