"""Tracked tables: their rows may change, and each event that changes a row records the digest of the new row.

A digest covers the declared columns and uses a key that is not in the database: a row with few possible values cannot
be guessed from its digest, and a person who owns only the tables cannot compute another digest.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings
from django.db import models

from audit.canonical import canonical
from audit.rows import CHUNK, model_of

PURPOSE = b"audit.tracked-rows.1"
DELETED = ""
TrackedDigest = tuple[str, str, int, str]  # table, primary key, version of the declaration, digest (empty: deleted)
Version = tuple[str, ...]

TRACKED: dict[str, dict[int, Version]] = {}
UNTRACKED: dict[str, frozenset[str]] = {}


def track(table: str, columns: str, *, besides: str = "", version: int = 1) -> None:
    """Makes the table tracked. `columns` affect results; `besides` names the others, which may change unrecorded.

    Changing the columns makes a new version. Earlier versions stay declared, for rows not recorded since.
    """
    TRACKED.setdefault(table, {})[version] = tuple(columns.split())
    UNTRACKED[table] = frozenset(besides.split())


def newest(table: str) -> int:
    """The version used to record rows of the table now."""
    return max(TRACKED[table])


def digest_key() -> bytes:
    """The key of all digests, derived from the key of the sealed tables, which is kept as long as the trial."""
    return hmac.digest(settings.SEALING_KEY.encode(), PURPOSE, hashlib.sha256)


def digest_of_row(own_key: bytes, table: str, version: int, values: Sequence[object]) -> str:
    """HMAC-SHA-256 over 0x03, the table, the version and the row as canonical JSON; the primary key comes first."""
    row = canonical([table, version, *values])
    return hmac.new(own_key, b"\x03" + row.encode(), hashlib.sha256).hexdigest()


def tracked_digests(instances: Iterable[models.Model]) -> dict[tuple[str, str], TrackedDigest]:
    """The digests of these rows in their current state, for an event; one query per table and 500 rows."""
    keys: dict[str, dict[object, None]] = defaultdict(dict)
    for instance in instances:
        keys[instance._meta.db_table][instance.pk] = None
    recorded = {}
    for table, pks in keys.items():
        version, wanted = newest(table), list(pks)
        recorded.update({(table, str(pk)): (table, str(pk), version, DELETED) for pk in wanted})
        for start in range(0, len(wanted), 500):
            for key, digest in stored(table, version, wanted[start : start + 500]):
                recorded[table, key] = (table, key, version, digest)
    return recorded


def stored(table: str, version: int, pks: Sequence[object]) -> Iterator[tuple[str, str]]:
    """Key and digest of each of these rows that exists."""
    own_key = digest_key()
    rows = model_of(table)._base_manager.filter(pk__in=pks).order_by().values_list("pk", *TRACKED[table][version])
    for values in rows:
        yield str(values[0]), digest_of_row(own_key, table, version, values)


def key_chunks(table: str) -> Iterator[list[object]]:
    """The primary keys of the table in order, in batches."""
    rows, last = model_of(table)._base_manager.order_by("pk"), None
    while True:
        chunk = list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", flat=True)[:CHUNK])
        if chunk:
            yield chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1]
