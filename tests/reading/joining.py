"""What an insider without keys can try: every column and file attribute of both sides, by value and by rank."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from scipy.stats import pearsonr, poisson, rankdata

JoinedColumn = dict[str, Any]  # film or image -> the value there
JoinedColumns = dict[str, JoinedColumn]
JoinedTruth = dict[str, Any]  # image -> its film
JoinedPart = tuple[JoinedColumn, JoinedColumn, JoinedTruth]


def rows_of(table: str) -> Iterator[dict[str, Any]]:
    """The rows as the database gives them, with their place."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        for place, values in enumerate(cursor.fetchall()):
            yield {"(place)": place, **dict(zip(names, values, strict=True))}


def leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A column and, where it holds JSON, everything in it."""
    value = parsed(value)
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        yield name, json.dumps(value, sort_keys=True)
        for key, inner in inside:
            yield from leaves(f"{name}.{key}", inner)
    elif value is not None and value != "":
        yield name, value


def parsed(value: Any) -> Any:
    """Bytes as hex, and JSON as what it says."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    with contextlib.suppress(ValueError):
        return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value
    return value


def add(columns: JoinedColumns, owner: Any, prefix: str, values: dict[str, Any]) -> None:
    """The values of one row, or of one file, as its owner's; the first row of each kind counts."""
    for name, value in values.items():
        for leaf, content in leaves(f"{prefix}.{name}", value):
            columns[leaf].setdefault(owner, content)


def file_facts(path: Path) -> dict[str, Any]:
    """What a folder tells about a file."""
    facts, content = path.stat(), path.read_bytes()
    return {
        "path": path.as_posix(),
        "size": facts.st_size,
        "mtime": facts.st_mtime_ns,
        "digest": hashlib.sha256(content).hexdigest(),
    }


def identity_side(stores: Path) -> JoinedColumns:
    """By film: its rows, what refers to it, its events, its jobs and its files."""
    columns: JoinedColumns = defaultdict(dict)
    for film in rows_of("studies_film"):
        add(columns, film["id"], "film", film)
        add(columns, film["id"], "original file", file_facts(stores / "quarantine" / film["original_file"]))
        add(columns, film["id"], "blind file", file_facts(stores / "reading" / film["blind_file"]))
        add_folder(columns, film["id"], "desk file", stores / "reading" / film["desk_folder"])
    for table, column in referring_to("studies_film"):
        for row in rows_of(table):
            add(columns, row[column], table, row)
    for event in rows_of("audit_event"):
        if event["subject_type"] == "studies.film":
            add(columns, int(event["subject_id"]), f"event {event['action']}", event)
    for job in rows_of("jobs_job"):
        add(columns, json.loads(job["payload"]).get("film"), f"job {job['kind']}", job)
    return {name: kept for name, column in columns.items() if (kept := {k: v for k, v in column.items() if k})}


def referring_to(table: str) -> Iterator[tuple[str, str]]:
    """Every table with a foreign key to this one, and its column."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model._meta.db_table == table:
                yield model._meta.db_table, field.column


def add_folder(columns: JoinedColumns, owner: Any, prefix: str, folder: Path) -> None:
    """Every file below a folder, and the folder's own time."""
    add(columns, owner, f"{prefix} folder", {"mtime": folder.stat().st_mtime_ns})
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            add(columns, owner, f"{prefix} {path.relative_to(folder).as_posix()}", file_facts(path))


def blind_side(stores: Path) -> JoinedColumns:
    """By reader image: its row and files, and what was shown of it with its timepoint, step, read and case."""
    columns: JoinedColumns = defaultdict(dict)
    for image in rows_of("studies_readerimage"):
        add(columns, image["key"], "image", image)
        add_folder(columns, image["key"], "image file", stores / "reading" / "images" / image["key"])
    above = [("timepoint", "step_id"), ("step", "read_id"), ("read", "case_id"), ("case", "")]
    tables = {"timepoint": "reading_displayedtimepoint", "step": "reading_readstep"}
    tables |= {"read": "reading_read", "case": "reading_case"}
    found = {name: {row["id"]: row for row in rows_of(table)} for name, table in tables.items()}
    for film in rows_of("reading_displayedfilm"):
        if film["reader_image_id"] is None:
            continue
        add(columns, film["reader_image_id"], "shown", film)
        key = film["timepoint_id"]
        for name, onward in above:
            add(columns, film["reader_image_id"], name, found[name][key])
            key = found[name][key].get(onward)
    add_scores(columns)
    return columns


def add_scores(columns: JoinedColumns) -> None:
    """By reader image: the scores of its timepoint with their sum, and the results of its case."""
    image_of: JoinedColumn = {}
    for film in rows_of("reading_displayedfilm"):
        image_of[film["timepoint_id"]] = film["reader_image_id"] or image_of.get(film["timepoint_id"])
    sums: JoinedColumn = Counter()
    for score in rows_of("reading_itemscore"):
        image = image_of[score["timepoint_id"]]
        if image is None:
            continue
        sums[image] += score["value"] or 0
        add(columns, image, "score", {score["item"]: score["value"]})
        add(columns, image, "first score", score)
    columns["sum of scores"] = dict(sums)
    for result in rows_of("scoring_caseresult"):
        for image in [image for image, case in columns["case.id"].items() if case == result["case_id"]]:
            add(columns, image, "result", result)


def join(
    of_films: JoinedColumn, of_images: JoinedColumn, groups: Sequence[JoinedTruth]
) -> dict[str, tuple[int, float]]:
    """How many links each way of joining finds within the groups, and how probable that is by chance."""
    parts = [(within(of_films, truth.values()), within(of_images, truth), truth) for truth in groups]
    return {"value": by_value(parts), "rank": by_rank(parts), "correlation": by_correlation(parts)}


def within(column: JoinedColumn, owners: Collection[Any]) -> JoinedColumn:
    """The part of a column that belongs to a group."""
    return {owner: column[owner] for owner in owners if owner in column}


def by_value(parts: Sequence[JoinedPart]) -> tuple[int, float]:
    """Values that one film and one image alone have."""
    right, expected = 0, 0.0
    for of_films, of_images, truth in parts:
        films, images = ({value: key for key, value in only(column)} for column in (of_films, of_images))
        shared = films.keys() & images.keys()
        right += sum(truth[images[value]] == films[value] for value in shared)
        expected += len(shared) / len(truth)
    return right, chance(right, expected)


def only(column: JoinedColumn) -> Iterator[tuple[Any, str]]:
    """Owners with a value that no other has."""
    counted = Counter(map(str, column.values()))
    return ((key, str(value)) for key, value in column.items() if counted[str(value)] == 1)


def by_rank(parts: Sequence[JoinedPart]) -> tuple[int, float]:
    """The first film with the first image, and so on; and from the other end."""
    if any(len(f) != len(i) or min(distinct(f), distinct(i)) < len(truth) for f, i, truth in parts):
        return 0, 1.0
    found = [0, 0]
    for of_films, of_images, truth in parts:
        films, images = in_order(of_films), in_order(of_images)
        for way, ordered in enumerate((films, films[::-1])):
            found[way] += sum(truth[i] == f for f, i in zip(ordered, images, strict=True))
    return max(found), min(1.0, 2 * chance(max(found), float(len(parts))))


def by_correlation(parts: Sequence[JoinedPart]) -> tuple[int, float]:
    """Whether within the groups the larger belongs to the larger."""
    left: list[float] = []
    right: list[float] = []
    for of_films, of_images, truth in parts:
        pairs = [(of_films.get(film), of_images.get(image)) for image, film in truth.items()]
        if any(isinstance(one, bool) or not isinstance(one, int | float) for pair in pairs for one in pair):
            return 0, 1.0
        for ranks, values in zip((left, right), zip(*pairs, strict=True), strict=True):
            ranks += list(rankdata(values) - (len(values) + 1) / 2)
    if not any(left) or not any(right):
        return 0, 1.0
    return len(left), float(pearsonr(left, right).pvalue)


def chance(right: int, expected: float) -> float:
    """How probable at least so many right links are."""
    return float(poisson.sf(right - 1, expected)) if right else 1.0


def distinct(column: JoinedColumn) -> int:
    """How many different values there are."""
    return len(set(map(str, column.values())))


def in_order(column: JoinedColumn) -> list[Any]:
    """The owners by value."""
    numbers = all(isinstance(value, int | float) for value in column.values())
    return sorted(column, key=lambda key: column[key] if numbers else str(column[key]))
