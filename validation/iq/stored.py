"""Checks a random sample of stored files against their digests; verify_audit --files checks all of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import islice

from django.db.models import QuerySet
from django.utils.module_loading import import_string

from audit.verify_files import Checked
from config.file_checks import FILE_CHECKS
from reading.models import Charter
from scoring.models import Dataset, DataTransfer
from studies.models import Film, ReaderImage
from validation.checks import NotTried, check, demand

SAMPLE = 20
Stored = QuerySet[Film] | QuerySet[ReaderImage] | QuerySet[Dataset] | QuerySet[DataTransfer] | QuerySet[Charter]


def records_with_files() -> dict[str, Stored]:
    """The records of each kind of stored file."""
    return {
        "originals": Film.objects.exclude(original_file=""),
        "reader images": ReaderImage.objects.all(),
        "dataset packages": Dataset.objects.exclude(folder=""),
        "transfer packages": DataTransfer.objects.exclude(folder="").filter(lock=None),
        "paper charters": Charter.objects.exclude(paper=""),
    }


def sampled(kind: str) -> Iterator[Checked]:
    """Up to SAMPLE records of a kind, drawn at random and checked."""
    checked: Callable[[str], Iterator[Checked]] = import_string(FILE_CHECKS[kind])
    keys = [str(key) for key in records_with_files()[kind].order_by("pk").values_list("pk", flat=True)]
    for place in sorted(random.SystemRandom().sample(range(len(keys)), min(SAMPLE, len(keys)))):
        yield from islice(checked(keys[place - 1] if place else ""), 1)


@check(
    "R-35",
    "R-39",
    name="stored files",
    does=f"Draws up to {SAMPLE} originals, reader images, packages and paper charters and compares their digests.",
    expects="Each is what was stored",
)
def stored_files(_: object) -> str:
    faults, seen, count = [], [], 0
    for kind in FILE_CHECKS:
        found = list(sampled(kind))
        count += len(found)
        faults += [f"{one.table} {one.key}: {fault}" for one in found for fault in one.faults]
        seen.append(f"{kind}: {len(found)}")
    if not count:
        raise NotTried("no file is stored yet")
    return demand(faults, ", ".join(seen))
