"""The scripts of the reading room in three requests: a module and all it imports, joined into one when served.

In the repository they remain small, plain ES modules. A reader's first image would otherwise wait for eighty
responses of the web server, so this finder gives `collectstatic` and the tests the joined form: each module
becomes a function that runs once, in the order in which a browser would run the modules (docs/decisions/0010).
"""

from __future__ import annotations

import posixpath
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

BEGINNINGS = ("js/viewer/head_start.js", "js/capture/room.js", "js/viewer/decode_worker.js")
IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.{1,2}/[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?function\*?|class|const) (\w+)", re.MULTILINE)
LEFT_OVER = re.compile(r"^\s*(?:import|export)\b|\bimport[.(]|^await\b", re.MULTILINE)


class CannotJoin(Exception):
    """A module uses syntax that is not supported here, or modules import each other in a cycle."""


def joined(root: Path, beginning: str) -> str:
    """The module at `root`/`beginning` and all it imports as one module; other entry points stay imports."""
    parts: dict[str, str] = {}
    gather(root, beginning, parts, within=())
    names = ", ".join(exports_of((root / beginning).read_text(encoding="utf-8")))
    exports = f'export const {{ {names} }} = modules["{beginning}"];\n' if names else ""
    return "".join(["const modules = {};\n", *parts.values(), exports])


def gather(root: Path, name: str, parts: dict[str, str], within: tuple[str, ...]) -> None:
    """Adds a module after those that it imports, each once, in the order of browsers."""
    if name in within:
        raise CannotJoin(f"{' imports '.join([*within, name])}: modules in a cycle cannot be joined")
    if name in parts:
        return
    if within and name in BEGINNINGS:
        parts[name] = as_import(name, seen_from=within[0])
        return
    source = (root / name).read_text(encoding="utf-8")
    for _, address in IMPORT.findall(source):
        gather(root, target_of(name, address), parts, (*within, name))
    parts[name] = as_function(name, source)


def as_import(name: str, seen_from: str) -> str:
    """A separate entry point, loaded and run once, whichever modules import it."""
    address = posixpath.relpath(name, posixpath.dirname(seen_from))
    alias = posixpath.basename(name).removesuffix(".js")
    return f'import * as {alias} from "{address}";\nmodules["{name}"] = {alias};\n'


def target_of(name: str, address: str) -> str:
    """The module that an address in another module refers to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


def as_function(name: str, source: str) -> str:
    """A module as a function that runs once: imports become constants, exports its return value."""

    def constants(found: re.Match[str]) -> str:
        names, address = found.groups()
        wanted = (names or "").replace(" as ", ": ")
        return f'const {{{wanted}}} = modules["{target_of(name, address)}"];\n'

    body = EXPORT.sub(r"\1 \2", IMPORT.sub(constants, source))
    if odd := LEFT_OVER.search(body):
        line = body[odd.start() :].strip().splitlines()[0]
        raise CannotJoin(f'{name}: "{line}" is neither a named import nor an export of a function, class or constant')
    exports = ", ".join(exports_of(source))
    return f'// {name}\nmodules["{name}"] = (() => {{\n{body}return {{ {exports} }};\n}})();\n'


def exports_of(source: str) -> list[str]:
    """The names that a module exports."""
    return [name for _, name in EXPORT.findall(source)]


class JoinedModules(BaseFinder):
    """Finds the joined form of the entry points before other finders find the files themselves."""

    def __init__(self, app_names: object = None, *args: Any, **kwargs: Any) -> None:
        self.source = Path(settings.BASE_DIR) / "static"
        self.storage = FileSystemStorage(Path(settings.VAR) / "joined")
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """The path of a file joined from the current modules; empty for anything else."""
        if path not in BEGINNINGS:
            return []
        made = self.made(path)
        return [made] if find_all else made

    def list(self, ignore_patterns: object) -> Iterator[tuple[str, FileSystemStorage]]:
        """All entry points, for `collectstatic`."""
        for name in BEGINNINGS:
            self.made(name)
            yield name, self.storage

    def made(self, name: str) -> str:
        """Writes the joined file atomically and returns its path."""
        target = Path(self.storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{uuid.uuid4().hex}.part")
        temporary.write_text(joined(self.source, name), encoding="utf-8")
        temporary.rename(target)
        return str(target)
