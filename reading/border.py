"""The border in the database: names that a reader's SQL must never contain. Enforced at run time and by tests.

`behind` wraps every address of the reading room: a query that names anything on the list is refused before it runs.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

Execute = Callable[[str, Any, bool, Any], Any]
View = Callable[..., HttpResponse]

# Every table with identities, dates, files or arms; the sealed tables; and the results.
FORBIDDEN_TABLES = frozenset(
    {
        "studies_site",
        "studies_subject",
        "studies_visit",
        "studies_visitplan",
        "studies_absentfilm",
        "studies_consentwithdrawal",
        "studies_deviationversion",
        "studies_film",
        "studies_transmittal",
        "studies_transmittalentry",
        "studies_blinduid",
        "studies_sopinstance",
        "studies_rendition",
        "studies_maskset",
        "studies_jointplacement",
        "studies_qualitydecision",
        "studies_question",
        "studies_questionmessage",
        "studies_sendertoken",
        "studies_dicompeer",
        "reading_sealedcase",
        "reading_sealedtimepoint",
        "reading_sealedread",
        "reading_sealedreference",
        "reading_sealedseed",
        "reading_siteaffiliation",
        "reading_querybatch",
        "reading_querymark",
    }
)
# Whole families: access tokens, results and datasets, and everything about arms.
FORBIDDEN_FAMILIES = ("api_", "scoring_", "studies_arm", "studies_sealed", "studies_custodian")
# Columns of those tables, in case they are ever copied into another table.
FORBIDDEN_COLUMNS = frozenset(
    {
        "visit_id",
        "film_date",
        "film_date_source",
        "original_name",
        "original_file",
        "sop_instance_uid",
        "pixel_sha256",
        "target_day",
        "not_done_reason",
        "arm",
    }
)
# Names may be quoted or not, in upper or lower case; texts and comments are not names.
PARTS = re.compile(r"""("[^"]*")|'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/""", re.DOTALL)
NAMES = re.compile(r"\w+")


class BorderCrossed(RuntimeError):
    """A reader's request tried to query data that no reader may know."""


@functools.lru_cache(maxsize=1024)
def forbidden_in(sql: str) -> tuple[str, ...]:
    """The forbidden tables and columns that a statement names."""
    named = PARTS.sub(lambda part: part[1] or " ", sql.lower())
    return tuple(sorted({name for name in NAMES.findall(named) if is_forbidden(name)}))


def is_forbidden(name: str) -> bool:
    """Whether a table or a column of this name is on the list."""
    return name in FORBIDDEN_TABLES or name in FORBIDDEN_COLUMNS or name.startswith(FORBIDDEN_FAMILIES)


def guard(execute: Execute, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Lets a statement through unless it crosses the border."""
    if crossed := forbidden_in(sql):
        raise BorderCrossed(", ".join(crossed))
    return execute(sql, params, many, context)


def behind(view: View) -> View:
    """Wraps the view so that its queries may name nothing that is forbidden."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with connection.execute_wrapper(lambda *asked: guard(*asked)):
            return view(request, *args, **kwargs)

    guarded.behind_the_border = True  # type: ignore[attr-defined]  # what the tests check
    return guarded
