"""Every kind of page that a person comes to by links."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from html import unescape
from typing import Any, NamedTuple

from django.test import Client
from django.urls import Resolver404, resolve

from tests.permissions import TABLE
from tests.routes import address, every_route

LINK = re.compile(r'href="([/?][^"#]*)')


def begun_with(who: str, given: Mapping[str, Any]) -> list[str]:
    """The addresses of routes that open for the person and need only what is given."""
    routes = every_route()
    open_to_them = [
        name for name, row in TABLE.items() if row.method == "get" and (who in row.answers or row.expected(who) == 200)
    ]
    needed = {name: set(getattr(routes[name].pattern, "converters", {})) for name in open_to_them}
    return [address(name, routes[name], given) for name in open_to_them if needed[name] <= set(given)]


class Reached(NamedTuple):
    """Where a link leads: a page, or a file."""

    path: str
    is_page: bool


def found_by_links(
    client: Client, addresses: Iterable[str], get: Callable[[Client, str], Any] = Client.get, known: Iterable[str] = ()
) -> dict[str, Reached]:
    """By kind, the first address that answers of those that links lead to from these addresses.

    `get` asks for an address; kinds that are `known` are not asked for.
    """
    ahead = deque(addresses)
    seen, found, left_out = set(ahead), dict[str, Reached](), set(known)
    while ahead:
        path = ahead.popleft()
        kind = kind_of(path)
        if kind is None or kind in found or kind in left_out:
            continue
        answer = get(client, path)
        if answer.status_code != 200:
            continue
        is_page = not answer.streaming and answer["Content-Type"].startswith("text/html")
        found[kind] = Reached(path, is_page)
        text = answer.content.decode() if is_page else ""
        links = [path_of(unescape(link), path) for link in LINK.findall(text)]
        ahead += [link for link in links if link not in seen]
        seen.update(links)
    return found


def kind_of(path: str) -> str | None:
    """The name of an address's route, and whether it is the CSV file of a list; None for what has no route."""
    address, _, query = path.partition("?")
    try:
        name = resolve(address).view_name
    except Resolver404:
        return None
    return f"{name} as CSV" if "format=csv" in query else name


def path_of(link: str, page: str) -> str:
    """The address of a link on a page."""
    return page.partition("?")[0] + link if link.startswith("?") else link
