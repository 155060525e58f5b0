"""Imports run one way, and no module is outside the contracts."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT

CONFIGURATION = ROOT / ".importlinter"
OUTSIDE = {"tests", "bench", "docs"}


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(CONFIGURATION, encoding="utf-8")
    return parser


def packages_under_contract() -> set[str]:
    parser = contracts()
    found: set[str] = set()
    for section in parser.sections():
        for option in ("layers", "source_modules", "modules"):
            found |= {name.partition(".")[0] for name in parser.get(section, option, fallback="").split()}
    return found


def test_the_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", str(CONFIGURATION)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_module_is_under_a_contract() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {
        path.parent.name for path in ROOT.glob("*/*.py") if path.parent.name not in OUTSIDE
    }
    assert packages - OUTSIDE == packages_under_contract()
    assert set(contracts().get("importlinter", "root_packages").split()) == packages - OUTSIDE


def test_every_folder_with_modules_is_a_package() -> None:
    """A folder without __init__.py would be passed by unseen."""
    tracked = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {Path(name).parent for name in tracked.split() if Path(name).parts[0] not in OUTSIDE | {"manage.py"}}
    folders = {folder for folder in folders if folder.parts and folder.parts[0] not in ("static", "docs", "bin")}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()] == []
