"""The product's own files against the manifest that was written when the version was released."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings

from config.errors import BadInput
from validation.checks import Check, NotTried, demand

BESIDE_APPS = ("config", "imaging", "instruments", "static", "templates", "requirements", "manage.py")
VERSION = 1
Digests = dict[str, str]


def product_files(root: Path) -> Iterator[Path]:
    """Every file that is part of the product, in order; compiled modules differ from machine to machine."""
    own = [Path(app.path).name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    for name in sorted({*own, *BESIDE_APPS}):
        place = root / name
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)


def digests(root: Path) -> Digests:
    """SHA-256 of each file, by its path."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in product_files(root)
    }


def digest_over(files: Digests) -> str:
    """One SHA-256 over all paths and digests; the same files give the same value on every machine."""
    return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in sorted(files.items())).encode()).hexdigest()


def write_manifest(root: Path, target: Path) -> str:
    """Writes the manifest of a release and returns its digest; an existing file is refused."""
    files = digests(root)
    content = {"version": VERSION, "digest": digest_over(files), "files": files}
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=1) + "\n")
    except FileExistsError:
        raise BadInput(f"The file {target} exists. Give a new one, so that no manifest is overwritten.") from None
    return digest_over(files)


def read_manifest(path: Path) -> Digests:
    """The digests in a manifest; BadInput if the file is not a manifest."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        files: Digests = dict(content["files"])
        intact = content["version"] == VERSION and content["digest"] == digest_over(files)
    except (OSError, ValueError, KeyError, TypeError):
        intact = False
    if not intact:
        raise BadInput(f"The file {path} is not an intact manifest. Give one that --write-manifest has written.")
    return files


def compared(found: Digests, wanted: Digests) -> Iterator[str]:
    """The files that differ, in words."""
    for name in sorted(found.keys() | wanted.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in wanted:
            yield f"{name} is not in the manifest"
        elif found[name] != wanted[name]:
            yield f"{name} was changed"


def files_check(manifest: Digests | None) -> Check[None]:
    """The check against a manifest; without one, only the digest over all files is reported."""
    return Check(
        "files of the product",
        ("R-50", "R-51"),
        "Computes SHA-256 of every file of the product"
        + (" and compares it with the manifest." if manifest is not None else "; no manifest given."),
        "No file changed, missing or added",
        lambda _: seen_files(settings.BASE_DIR, manifest),
    )


def seen_files(root: Path, manifest: Digests | None) -> str:
    """The observed state of the product's files."""
    found = digests(root)
    seen = f"{len(found):,} files, digest over all {digest_over(found)}"
    if manifest is None:
        raise NotTried(f"{seen}. No manifest given: compare this digest with that of the release.")
    return demand(compared(found, manifest), seen)
