"""Where a person can go: their places (a role in a trial) and the menu entries that their roles open there.

The apps above declare both in their menu.py; accounts does not depend on trials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.roles import ROLE_NAMES, Action, Role, allows


@dataclass(frozen=True)
class TrialRole:
    """A role held in a trial. `detail` distinguishes it, such as the site; `url` is the trial's first page.

    The detail is looked up only where a page shows it: the pages of readers may not query sites.
    """

    code: str
    title: str
    role: Role
    url: str
    look_up_detail: Callable[[], str] = str

    @property
    def detail(self) -> str:
        """The detail that distinguishes the role, such as "site 01"; empty for most."""
        return self.look_up_detail()

    @property
    def name(self) -> str:
        """The role in words; a detail that begins with it replaces it: "Site 01", not "Site, site 01"."""
        role, detail = ROLE_NAMES[self.role], self.detail
        if detail.lower().startswith(role.lower()):
            return detail[:1].upper() + detail[1:]
        return f"{role}, {detail}" if detail else role


@dataclass(frozen=True)
class MenuEntry:
    """A menu page for people who may do `action`: in the trial whose code the route takes, or anywhere.

    The pages below its address belong to it, unless it is `alone`, and so do those of the routes in `also`.
    """

    label: str
    route: str
    action: Action
    group: str
    of_trial: bool = True
    alone: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class MenuItem:
    """An entry as the menu shows it."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class MenuGroup:
    """Items under one heading."""

    label: str
    items: list[MenuItem]


GROUPS = ("Films", "Reading", "Results", "Trial", "Administration")
ENTRIES: list[MenuEntry] = []
PLACES: list[Callable[[int], Iterable[TrialRole]]] = []
PENDING: list[Callable[[int], Iterable[tuple[str, Role]]]] = []


def declare_entry(label: str, route: str, action: Action, *, group: str, **given: Any) -> None:
    """Adds a page to the menu, with the given fields of its MenuEntry; a group that is not in GROUPS raises."""
    GROUPS.index(group)
    entry = MenuEntry(label, route, action, group, **given)
    if entry not in ENTRIES:
        ENTRIES.append(entry)


def declare_places(source: Callable[[int], Iterable[TrialRole]]) -> None:
    """Registers a source of places; it is called with the person's id."""
    if source not in PLACES:
        PLACES.append(source)


def declare_pending(source: Callable[[int], Iterable[tuple[str, Role]]]) -> None:
    """Registers a source of roles that await confirmation, as the trial's code and the role."""
    if source not in PENDING:
        PENDING.append(source)


def pending_of(user_id: int) -> list[tuple[str, Role]]:
    """The roles that were granted to the person and await confirmation."""
    return [role for source in PENDING for role in source(user_id)]


def places_of(user_id: int) -> list[TrialRole]:
    """Every role of the person in every trial."""
    return [place for source in PLACES for place in source(user_id)]


class Navigation:
    """The menu of one request; asks the database only when a page shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        match = request.resolver_match
        self.code: str = match.kwargs.get("code", "") if match else ""
        self.route: str = match.view_name if match else ""

    @cached_property
    def places(self) -> list[TrialRole]:
        """The person's roles in trials."""
        user = self.request.user
        return places_of(user.pk) if user.is_authenticated else []

    @property
    def trials(self) -> list[TrialRole]:
        """Each trial once, for the trial menu at the top."""
        return list({place.code: place for place in self.places}.values())

    @property
    def here(self) -> list[TrialRole]:
        """The roles held in the trial of this page."""
        return [place for place in self.places if place.code == self.code]

    @property
    def current(self) -> MenuItem | None:
        """The menu entry that the page belongs to."""
        return next((item for group in self.groups for item in group.items if item.current), None)

    @property
    def roles(self) -> set[Role]:
        """Every role held in any trial, and administrator."""
        held = {place.role for place in self.places}
        return held | {Role.ADMINISTRATOR} if getattr(self.request.user, "is_administrator", False) else held

    @cached_property
    def groups(self) -> list[MenuGroup]:
        """The menu, by group, in the order of GROUPS."""
        entries = sorted(self._entries, key=lambda e: GROUPS.index(e.group))
        return [
            MenuGroup(label, [self._item(e) for e in found]) for label, found in groupby(entries, lambda e: e.group)
        ]

    @cached_property
    def _entries(self) -> list[MenuEntry]:
        """The entries that the person's roles open here."""
        return [entry for entry in ENTRIES if self._open(entry)]

    @cached_property
    def _owner(self) -> MenuEntry | None:
        """The entry that the page belongs to: one that names its route, or else the one whose address is nearest."""
        named = [entry for entry in self._entries if self.route in entry.also]
        above = [entry for entry in self._entries if self._leads_here(entry)]
        return named[0] if named else max(above, key=lambda entry: len(self._url(entry)), default=None)

    def _leads_here(self, entry: MenuEntry) -> bool:
        url, path = self._url(entry), self.request.path
        return path == url or (path.startswith(url) and not entry.alone)

    def _url(self, entry: MenuEntry) -> str:
        return reverse(entry.route, args=[self.code] if entry.of_trial else [])

    def _open(self, entry: MenuEntry) -> bool:
        if entry.of_trial:
            return any(allows(place.role, entry.action) for place in self.here)
        return any(allows(role, entry.action) for role in self.roles)

    def _item(self, entry: MenuEntry) -> MenuItem:
        return MenuItem(entry.label, self._url(entry), entry == self._owner)
