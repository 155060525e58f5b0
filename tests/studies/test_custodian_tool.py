"""The one file a custodian runs: alone, in a Python of its own, with cryptography and nothing of ours."""

from __future__ import annotations

import ast
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from studies.arms.custodian import custodian

TOOL = Path(custodian.__file__)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A custodian's computer: the file alone, and its passphrase."""
    shutil.copy(TOOL, tmp_path / "custodian.py")
    (tmp_path / "passphrase").write_text("a passphrase of the tests\n")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "custodian.py", *words, "--passphrase-file", "passphrase"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_it_imports_python_and_cryptography_alone() -> None:
    tree = ast.parse(TOOL.read_text())
    names = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0]  # type: ignore[union-attr]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names - set(sys.stdlib_module_names) == {"cryptography"}
    assert not names & {"socket", "urllib", "http", "ssl"}


def test_a_key_is_encrypted_for_its_owner_alone_and_never_overwritten(folder: Path) -> None:
    made = run(folder, "keygen", "--key", "mine.pem")
    assert made.returncode == 0, made.stderr
    key = folder / "mine.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "ENCRYPTED" in key.read_text()
    shown = run(folder, "fingerprint", "--key", "mine.pem")
    assert shown.stdout.splitlines() == made.stdout.splitlines()[:2]
    again = run(folder, "keygen", "--key", "mine.pem")
    assert (again.returncode, "never overwritten" in again.stderr) == (1, True)


def test_a_wrong_passphrase_and_a_short_one_are_refused(folder: Path) -> None:
    run(folder, "keygen", "--key", "mine.pem")
    (folder / "passphrase").write_text("another passphrase\n")
    assert "another passphrase" in run(folder, "fingerprint", "--key", "mine.pem").stderr
    (folder / "passphrase").write_text("short\n")
    assert "fewer than 12" in run(folder, "fingerprint", "--key", "mine.pem").stderr


def test_a_package_for_another_key_and_a_file_that_is_none_are_refused(folder: Path) -> None:
    run(folder, "keygen", "--key", "mine.pem")
    (folder / "package.json").write_text(json.dumps({"format": custodian.SEALED, "fingerprint": "other"}))
    assert "The package is for the key other" in run(folder, "open", "package.json", "--key", "mine.pem").stderr
    (folder / "package.json").write_text("subject,arm")
    assert "is not a sealed package" in run(folder, "open", "package.json", "--key", "mine.pem").stderr
