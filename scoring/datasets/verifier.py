"""Proves that an unpacked Blindread dataset is intact. Needs only Python 3. Included in every package as verify.py.

Usage: python verify.py [FOLDER] [--root HEX]. The root is shown with the lock and was signed by two people.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

MANIFEST = "manifest.json"


def file_digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def verify(folder: Path, root: str = "") -> list[str]:
    """Every fault found, as a sentence; empty when the folder is the package whose root was signed."""
    manifest_path = folder / MANIFEST
    if links := [path for path in [folder, *inside(folder)] if path.is_symlink()]:
        return [f"{path} is a link. A package has none: unpack it again." for path in links]
    if not manifest_path.is_file():
        return [f"{MANIFEST} is missing."]
    found_root = file_digest(manifest_path)
    faults = []
    if root and found_root != root.strip().lower():
        faults.append(f"{MANIFEST} is not the one that was signed. Its SHA-256 is {found_root}.")
    try:
        files = {
            str(name): dict(entry) for name, entry in json.loads(manifest_path.read_text("utf-8"))["files"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return [*faults, f"{MANIFEST} cannot be read."]
    present = {path.relative_to(folder).as_posix() for path in inside(folder) if not path.is_dir()}
    for name, entry in sorted(files.items()):
        faults.extend(file_faults(folder, name, entry) if name in present else [f"{name} is missing."])
    faults.extend(f"{name} does not belong to the package." for name in sorted(present - set(files) - {MANIFEST}))
    return faults


def inside(folder: Path) -> list[Path]:
    """Everything below the folder, links included; what a link leads to is never visited."""
    found: list[Path] = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        found.extend(Path(parent, name) for name in [*folders, *names])
    return sorted(found)


def file_faults(folder: Path, name: str, entry: dict[str, object]) -> list[str]:
    """What is wrong with one file of the manifest."""
    path = folder / name
    if not path.is_file():
        return [f"{name} is not a file."]
    if path.stat().st_size != entry["size"] or file_digest(path) != entry["sha256"]:
        return [f"{name} has been changed."]
    return []


def main(arguments: list[str] | None = None) -> int:
    """Prints the faults, or that there are none; exit code 1 when there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=".", type=Path)
    parser.add_argument("--root", default="", help="the SHA-256 that two people signed")
    options = parser.parse_args(arguments)
    faults = verify(options.folder, options.root)
    for fault in faults:
        print(fault)
    if faults:
        return 1
    compared = "" if options.root else " It was not compared with the root that was signed: give --root."
    print(f"The dataset is intact. Its root is {file_digest(options.folder / MANIFEST)}.{compared}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
