"""Every route of the product, from the URLconf, and an address for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# What stands in an address when a row of the table says nothing else: the trial of the cast, and things that are not.
DEFAULTS: dict[str, Any] = {
    "code": "RA-1",
    "pk": 999999,
    "number": 1,
    "version": 1,
    "slug": "none",
    "step": "disable",
    "matter": "film",
    "token": "none",
    "key": "none",
    "film": "none",
    "level": "none",
    "name": "none",
    "fingerprint": "none",
    "begin": 0,
    "path": "none",
    "scope": "trial",
    "kind": "none",
    "seq": 999999,
    "part": "read-1",
}


def every_route() -> dict[str, URLPattern]:
    """The routes by name, with their namespaces; a route without a name fails here."""
    return dict(walk(get_resolver().url_patterns, ""))


def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from walk(pattern.url_patterns, inner)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield prefix + pattern.name, pattern


def address(name: str, route: URLPattern, given: Mapping[str, Any]) -> str:
    """An address of the route."""
    needed = route.pattern.converters if hasattr(route.pattern, "converters") else {}
    return reverse(name, kwargs={key: given.get(key, DEFAULTS.get(key, "none")) for key in needed})
