"""Pages of a list of any length: each begins after the last row of the one before it, and nothing is counted."""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request

from config.errors import BadInput
from config.whole import whole_from
from config.wording import quoted

USUAL, MOST = 100, 500
Row = TypeVar("Row", bound=Model)


def page_of(request: Request, rows: QuerySet[Row]) -> tuple[list[Row], str | None]:
    """The rows of one page in the order in which they were made, and the cursor of the next one if there is one."""
    size = limit_of(request)
    found = list(rows.filter(pk__gt=after_of(request)).order_by("pk")[: size + 1])
    return found[:size], cursor_of(found[size - 1].pk) if len(found) > size else None


def limit_of(request: Request) -> int:
    """Rows in a page."""
    wanted = request.query_params.get("limit", str(USUAL))
    size = whole_from(wanted)
    if size is None or not 1 <= size <= MOST:
        raise BadInput(f"A page cannot have {quoted(wanted)} rows. Send a limit from 1 to {MOST}.", field="limit")
    return size


def after_of(request: Request) -> int:
    """The row after which the page begins."""
    given = request.query_params.get("cursor", "")
    if not given:
        return 0
    try:
        place = whole_from(base64.urlsafe_b64decode(given.encode()).decode())
    except (binascii.Error, UnicodeError, ValueError):
        place = None
    if place is None:
        raise BadInput(
            f"The cursor {quoted(given[:80])} was not given by this list."
            " Send the value of “next” from the previous page.",
            field="cursor",
        )
    return place


def cursor_of(place: int) -> str:
    """The cursor with which a program continues after this row."""
    return base64.urlsafe_b64encode(str(place).encode()).decode()


def answered(rows: Any, following: str | None) -> dict[str, Any]:
    """A page as it is sent."""
    return {"results": rows, "next": following}
