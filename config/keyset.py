"""A list of any length, newest first: each page begins where the one before it ended, and nothing is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from config.cells import cells_of
from config.errors import BadInput
from config.listing import Listing, ListRow
from config.wording import quoted

PLACES = ("older-than", "newer-than")
Prepare = Callable[[Sequence[int]], Sequence[Any]]


class KeysetListing(Listing):
    """A Listing over a queryset, in the order of its keys, newest first.

    `prepare` fetches the rows of one page by their keys, in any order, with the data that its columns need.
    """

    def __init__(self, *args: Any, prepare: Prepare, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare = prepare

    def key(self, name: str) -> int | None:
        """A row's key in the address."""
        wanted = self.param(name)
        if wanted and (not wanted.isdecimal() or len(wanted) > 18):
            raise BadInput(f"The list has no row {quoted(wanted)} to begin at. Choose a page from its links.")
        return int(wanted) if wanted else None

    @cached_property
    def narrowed_rows(self) -> QuerySet[Any]:
        """All rows that pass the filters, newest first."""
        found = self.found
        if not isinstance(found, QuerySet):
            raise TypeError("a keyset list needs a queryset")
        return found.order_by("-pk")

    @cached_property
    def keys(self) -> tuple[list[int], bool]:
        """The keys of this page, newest first, and whether more follow in the direction of paging."""
        older, newer = self.key("older-than"), self.key("newer-than")
        rows = self.narrowed_rows.values_list("pk", flat=True)
        if newer is not None:
            found = list(rows.filter(pk__gt=newer).order_by("pk")[: self.size + 1])
            return found[: self.size][::-1], len(found) > self.size
        if older is not None:
            rows = rows.filter(pk__lt=older)
        found = list(rows[: self.size + 1])
        return found[: self.size], len(found) > self.size

    @cached_property
    def rows(self) -> list[ListRow]:
        """The rows of this page."""
        keys = self.keys[0]
        found = {row.pk: row for row in self.prepare(keys)} if keys else {}
        rows = [found[key] for key in keys]
        return [ListRow(row, cells) for row, cells in zip(rows, cells_of(self.shown, rows), strict=True)]

    @property
    def place(self) -> str:
        """How many rows this page has."""
        return f"{len(self.rows)} on this page"

    @property
    def has_pages(self) -> bool:
        """Whether there is another page."""
        return bool(self.previous_url or self.next_url)

    @property
    def pages(self) -> list[tuple[str, str]]:
        """No page numbers: there are only next and previous pages."""
        return []

    @property
    def previous_url(self) -> str:
        """The newer rows; "" on the first page."""
        keys, more = self.keys
        begun = self.key("older-than") is not None if self.key("newer-than") is None else more
        return self.url(**{"newer-than": str(keys[0]), "older-than": ""}) if keys and begun else ""

    @property
    def next_url(self) -> str:
        """The older rows; "" on the last page."""
        keys, more = self.keys
        older = more if self.key("newer-than") is None else True
        return self.url(**{"older-than": str(keys[-1]), "newer-than": ""}) if keys and older else ""

    @property
    def clear_url(self) -> str:
        """The address of this list without filters, at its first page."""
        own = {item.name.removeprefix(self.prefix) for item in self.filters} | set(PLACES)
        return self.url(**dict.fromkeys(own, ""))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that a filter form passes on: a new filter starts at the first page."""
        return [(name, value) for name, value in super().kept if name.removeprefix(self.prefix) not in PLACES]
