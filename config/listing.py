"""The lists of the product: sorting, filters, search, pages, choice of columns, and the same rows as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property

from config.cells import Cell, Column, cells_of
from config.csv_pieces import Load, csv_pieces
from config.errors import BadInput
from config.filters import ChoiceFilter
from config.row_filters import Rows, narrow, order, search
from config.whole import whole_from
from config.wording import either, quoted

SIZES = (25, 50, 100, 500)


@dataclass(frozen=True)
class ListRow:
    """One row: the object and the cells of the shown columns."""

    object: Any
    cells: list[Cell]


@dataclass(frozen=True)
class ColumnHeader:
    """The head of a column: its link and its current sort order."""

    column: Column
    url: str
    aria_sort: str
    numeric: bool = False


@dataclass(frozen=True)
class FilterInput:
    """One input of the filter bar; `in_words` describes a value of it in a sentence."""

    name: str
    label: str
    kind: str
    value: str
    options: list[tuple[str, str]]

    def in_words(self, value: str) -> str:
        """The label with the value as it is offered."""
        return f"{self.label.replace(': ', ' ').lower()} {dict(self.options).get(value, value)}"


class Listing:
    """A list bound to a request: a page, a fragment for htmx or a CSV file, by `respond`.

        films = Listing(request, Film.objects.of_trial(trial), name="films", columns=[
            Column("subject", "Subject", "subject.code", sort="subject__code", filter=TextFilter("subject__code")),
            Column("status", "Status", film_badge, sort="status", filter=ChoiceFilter("status", FilmStatus.choices)),
        ])
        return films.respond("studies/films.html", {"trial": trial})

    `name` is for the CSV file and the element, `prefix` distinguishes the parameters of a second list on the page.
    `search` lists fields of the queryset (for plain objects: keys of columns), `hidden` columns not shown at first;
    `empty` and `empty_link` (text, address) are shown in an empty list. `load` adds the data that the columns need to
    many rows of a queryset at once.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: Rows,
        *,
        columns: Sequence[Column],
        name: str,
        caption: str = "",
        search: Sequence[str] = (),
        sort: str = "",
        prefix: str = "",
        empty: str = "Nothing here yet.",
        empty_link: tuple[str, str] = ("", ""),
        per_page: int = 50,
        hidden: Sequence[str] = (),
        load: Load | None = None,
    ) -> None:
        self.request, self.source, self.columns, self.name = request, rows, list(columns), name
        self.search_fields, self.default_sort, self.prefix = search, sort, f"{prefix}-" if prefix else ""
        self.empty, self.per_page, self.hidden_at_first = empty, per_page, hidden
        self.empty_action, self.empty_url = empty_link
        self.load = load
        self.id, self.caption = f"list-{name}", caption or name.replace("-", " ").capitalize()

    # The parameters in the address.

    def param(self, name: str) -> str:
        """A parameter of this list."""
        return self.request.GET.get(self.prefix + name, "").strip()

    @cached_property
    def sort(self) -> str:
        """The key of the column sorted by, with - in front for descending."""
        wanted = self.param("sort") or self.default_sort
        sortable = {column.key: column.label for column in self.columns if column.sort}
        if wanted and wanted.removeprefix("-") not in sortable:
            raise BadInput(f"The list cannot be sorted by {quoted(wanted)}. Choose {either(sortable.values())}.")
        return wanted

    @property
    def words(self) -> str:
        """The search text."""
        return self.param("q")

    @cached_property
    def size(self) -> int:
        """Rows per page."""
        wanted = self.param("size") or str(self.per_page)
        size = whole_from(wanted)
        if size is None or size not in {*SIZES, self.per_page}:
            raise BadInput(f"A page of the list cannot have {quoted(wanted)} rows. Choose {either(SIZES)}.")
        return size

    @cached_property
    def hidden(self) -> set[str]:
        """Keys of columns that are not shown."""
        chosen = self.request.GET.getlist(self.prefix + "hide")
        return set(chosen) if chosen or self.param("columns") else set(self.hidden_at_first)

    @property
    def shown(self) -> list[Column]:
        """The columns of the page."""
        return [column for column in self.columns if column.key not in self.hidden]

    def url(self, **changes: str) -> str:
        """The address of this list with some parameters changed; an empty value removes one."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            query.pop(self.prefix + name, None)
            if value:
                query[self.prefix + name] = value
        return f"?{query.urlencode()}"

    # The rows.

    def _given(self, column: Column) -> dict[str, str]:
        suffixes = column.filter.suffixes() if column.filter else ()
        values = {suffix: self.param(column.key + suffix) for suffix in suffixes}
        return values if any(values.values()) else {}

    @cached_property
    def narrowed(self) -> bool:
        """Whether a filter or a search leaves rows out."""
        return bool(self.param("q")) or any(self._given(column) for column in self.columns)

    @cached_property
    def found(self) -> Rows:
        """All rows that pass the filters and the search, in order."""
        rows = narrow(self.source, [(c, given) for c in self.columns if (given := self._given(c))])
        if text := self.param("q"):
            rows = search(rows, text, self.search_fields, self.columns)
        key = self.sort.removeprefix("-")
        column = next((column for column in self.columns if column.key == key), None)
        return order(rows, column, descending=self.sort.startswith("-"))

    @cached_property
    def page(self) -> Page[Any]:
        """The requested page, or the last one when there are fewer."""
        return Paginator(self.found, self.size).get_page(self.param("page"))

    @property
    def place(self) -> str:
        """Which rows are on this page, and the total number of rows."""
        return f"{self.page.start_index()}–{self.page.end_index()} of {self.count}"

    @property
    def has_pages(self) -> bool:
        """Whether there is another page."""
        return self.page.has_other_pages()

    @property
    def count(self) -> int:
        """How many rows pass the filters."""
        return self.page.paginator.count

    @cached_property
    def rows(self) -> list[ListRow]:
        """The rows of this page."""
        rows = list(self.page)
        if self.load:
            self.load(rows)
        return [ListRow(row, cells) for row, cells in zip(rows, cells_of(self.shown, rows), strict=True)]

    # For includes/table.html.

    @property
    def headers(self) -> list[ColumnHeader]:
        """The heads of the shown columns."""
        return [self._header(place, column) for place, column in enumerate(self.shown)]

    def _header(self, place: int, column: Column) -> ColumnHeader:
        ascending, descending = self.sort == column.key, self.sort == f"-{column.key}"
        url = self.url(sort=f"-{column.key}" if ascending else column.key, page="") if column.sort else ""
        state = "ascending" if ascending else "descending" if descending else "none"
        numeric = any(row.cells[place].kind == "number" for row in self.rows)
        return ColumnHeader(column, url, state if column.sort else "", numeric)

    @property
    def filters(self) -> list[FilterInput]:
        """The inputs of the filter bar."""
        return [item for column in self.columns for item in self._inputs(column)]

    def _inputs(self, column: Column) -> Iterable[FilterInput]:
        if not column.filter:
            return
        options = column.filter.options() if isinstance(column.filter, ChoiceFilter) else []
        for suffix in column.filter.suffixes():
            label = f"{column.label}: {suffix.removeprefix('-')}" if suffix else column.label
            key = column.key + suffix
            yield FilterInput(self.prefix + key, label, column.filter.kind, self.param(key), options)

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        """Each column and whether it is hidden."""
        return [(column, column.key in self.hidden) for column in self.columns]

    @property
    def pages(self) -> list[tuple[str, str]]:
        """The page numbers around this one with their addresses; ("…", "") for a gap."""
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)
        return [(str(n), self.url(page=str(n)) if isinstance(n, int) else "") for n in numbers]

    @property
    def page_number(self) -> str:
        """The number of this page, as in `pages`."""
        return str(self.page.number)

    @property
    def previous_url(self) -> str:
        """The page before; "" on the first."""
        return self.url(page=str(self.page.number - 1)) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        """The page after; "" on the last."""
        return self.url(page=str(self.page.number + 1)) if self.page.has_next() else ""

    @property
    def sizes(self) -> list[tuple[int, bool]]:
        """The page sizes to choose from, and the current one."""
        return [(size, size == self.size) for size in sorted({*SIZES, self.per_page})]

    @property
    def csv_url(self) -> str:
        """The address of the same rows as a CSV file."""
        return self.url(format="csv", page="")

    @property
    def clear_url(self) -> str:
        """The address of this list without filters; other lists on the page are unchanged."""
        own = {self.prefix + name for name in ("q", "page")}
        own |= {item.name for item in self.filters}
        return "?" + urlencode([(k, v) for k, vs in self.request.GET.lists() if k not in own for v in vs])

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that a filter form passes on: the sort order, and those of other lists."""
        dropped = {self.prefix + name for name in ("q", "page", "size", "hide", "columns", "format")}
        dropped |= {item.name for item in self.filters}
        return [(k, v) for k, vs in self.request.GET.lists() if k not in dropped for v in vs if isinstance(v, str)]

    # Responses.

    def response_csv(self) -> StreamingHttpResponse:
        """All rows that pass the filters, on every page, without columns that are not data."""
        columns = [column for column in self.columns if column.csv]
        response = StreamingHttpResponse(
            csv_pieces(self.found, columns, self.load), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{self.name}.csv"'
        return response

    def respond(self, template: str, context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The CSV file, the table alone for htmx, or the page with `listing` in its context."""
        if self.param("format") == "csv":
            return self.response_csv()
        shown = {**(context or {}), "listing": self}
        if self.request.headers.get("HX-Target") == self.id:
            return render(self.request, "includes/table.html", shown)
        return render(self.request, template, shown)


def asked_for(request: HttpRequest, tables: Iterable[Listing]) -> Listing | None:
    """The one of several lists on a page that is requested alone: as a CSV file, or with other filters."""
    target = request.headers.get("HX-Target")
    return next((one for one in tables if one.param("format") == "csv" or one.id == target), None)
