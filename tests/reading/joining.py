"""What an insider without keys can try: every column and file attribute of both sides, by value and by rank."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from scipy.stats import poisson, spearmanr

Column = dict[str, Any]  # film or image -> the value there
Columns = dict[str, Column]


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


def add(columns: Columns, owner: Any, prefix: str, values: dict[str, Any]) -> None:
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


def identity_side(stores: Path) -> Columns:
    """By film: its rows, what refers to it, its events, its jobs and its files."""
    columns: Columns = defaultdict(dict)
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


def add_folder(columns: Columns, owner: Any, prefix: str, folder: Path) -> None:
    """Every file below a folder, and the folder's own time."""
    add(columns, owner, f"{prefix} folder", {"mtime": folder.stat().st_mtime_ns})
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            add(columns, owner, f"{prefix} {path.relative_to(folder).as_posix()}", file_facts(path))


def blind_side(stores: Path) -> Columns:
    """By reader image: its row and files, and what was shown of it with its timepoint, step, read and case."""
    columns: Columns = defaultdict(dict)
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
    return columns


def join(of_films: Column, of_images: Column, truth: dict[str, Any]) -> dict[str, tuple[int, float]]:
    """How many links each way of joining finds, and how probable that is by chance."""
    return {
        "value": by_value(of_films, of_images, truth),
        "rank": by_rank(of_films, of_images, truth),
        "correlation": by_correlation(of_films, of_images, truth),
    }


def by_value(of_films: Column, of_images: Column, truth: dict[str, Any]) -> tuple[int, float]:
    """Values that one film and one image alone have."""
    films, images = ({value: key for key, value in only(column)} for column in (of_films, of_images))
    shared = films.keys() & images.keys()
    right = sum(truth[images[value]] == films[value] for value in shared)
    return right, chance(right, len(shared) / len(truth))


def only(column: Column) -> Iterator[tuple[Any, str]]:
    """Owners with a value that no other has."""
    counted = Counter(map(str, column.values()))
    return ((key, str(value)) for key, value in column.items() if counted[str(value)] == 1)


def by_rank(of_films: Column, of_images: Column, truth: dict[str, Any]) -> tuple[int, float]:
    """The first film with the first image, and so on; and from the other end."""
    if len(of_films) != len(of_images) or min(distinct(of_films), distinct(of_images)) < len(of_images):
        return 0, 1.0
    films, images = in_order(of_films), in_order(of_images)
    right = max(sum(truth[i] == f for f, i in zip(way, images, strict=True)) for way in (films, films[::-1]))
    return right, min(1.0, 2 * chance(right, 1.0))


def by_correlation(of_films: Column, of_images: Column, truth: dict[str, Any]) -> tuple[int, float]:
    """Whether the larger belongs to the larger."""
    pairs = [
        (of_films[film], of_images[image])
        for image, film in truth.items()
        if {film} <= of_films.keys() and image in of_images
    ]
    if len(pairs) < len(truth) or any(isinstance(one, bool | str) for pair in pairs for one in pair):
        return 0, 1.0
    left, right = zip(*pairs, strict=True)
    if len(set(left)) == 1 or len(set(right)) == 1:
        return 0, 1.0
    return len(pairs), float(spearmanr(left, right).pvalue)


def chance(right: int, expected: float) -> float:
    """How probable at least so many right links are."""
    return float(poisson.sf(right - 1, expected)) if right else 1.0


def distinct(column: Column) -> int:
    """How many different values there are."""
    return len(set(map(str, column.values())))


def in_order(column: Column) -> list[Any]:
    """The owners by value."""
    numbers = all(isinstance(value, int | float) for value in column.values())
    return sorted(column, key=lambda key: column[key] if numbers else str(column[key]))
