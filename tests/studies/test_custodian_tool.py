"""The one file a custodian runs: alone, in a Python of its own, with cryptography and nothing of ours."""

from __future__ import annotations

import ast
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

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
    assert "the passphrase is wrong" in run(folder, "fingerprint", "--key", "mine.pem").stderr
    (folder / "passphrase").write_text("short\n")
    assert "fewer than 12" in run(folder, "fingerprint", "--key", "mine.pem").stderr


SERVER = Ed25519PrivateKey.generate()
CONTENT: dict[str, Any] = {
    "format": custodian.PACKAGE,
    "trial": "RA-1",
    "campaign": "C1",
    "version": 1,
    "place": 1,
    "request": "r",
    "reason": "the final analysis",
    "fingerprint": "other",
    "lock": 1,
    "root": "ab" * 32,
    "signed_by": ["Statistician", "Second signer"],
    "subjects": 1,
    "sealed": {"S-1": ""},
}


def signed(**changes: Any) -> dict[str, Any]:
    package = CONTENT | changes
    return package | {"signature": SERVER.sign(custodian.statement(package)).hex()}


def opened(folder: Path, package: Any, *words: str) -> subprocess.CompletedProcess[str]:
    run(folder, "keygen", "--key", "mine.pem")
    (folder / "package.json").write_text(package if isinstance(package, str) else json.dumps(package))
    key = SERVER.public_key().public_bytes_raw().hex()
    return run(folder, "open", "package.json", "--key", "mine.pem", "--server-key", key, *words)


def test_a_package_for_another_key_and_a_file_that_is_none_are_refused(folder: Path) -> None:
    assert "The package is for the key other" in opened(folder, signed()).stderr
    assert "is not a sealed package" in opened(folder, "subject,arm").stderr


def test_lock_root_trial_and_number_of_subjects_are_shown_before_anything_is_opened(folder: Path) -> None:
    (folder / "passphrase").write_text("short\n")
    done = opened(folder, signed())
    assert "fewer than 12" in done.stderr, "nothing was opened"
    for shown in ("RA-1", CONTENT["root"], "Statistician", "Second signer", "subjects     1"):
        assert shown in done.stdout


@pytest.mark.parametrize(
    ("package", "words", "says"),
    [
        (CONTENT, (), "The package is not signed"),
        (signed() | {"signature": ""}, (), "The package is not signed"),
        (signed() | {"root": "cd" * 32}, (), "The package was altered"),
        (signed() | {"trial": "RA-2"}, (), "The package was altered"),
        (signed() | {"sealed": {"S-1": "", "S-2": ""}}, (), "The package was altered"),
        (signed(subjects=2), (), "1 sealed share for 2 subjects"),
        (signed(), ("--root", "cd" * 32), "The package is for the lock root"),
        (signed(), ("--server-key", "00" * 32), "another server signed it"),
        (signed(), ("--server-key", "xyz"), "Check --server-key"),
        (signed() | {"signature": 7}, (), "Check --server-key"),
    ],
)
def test_a_package_that_is_not_as_the_server_signed_it_is_refused_before_the_key_is_touched(
    folder: Path, package: dict[str, Any], words: tuple[str, ...], says: str
) -> None:
    (folder / "passphrase").write_text("short\n")
    done = opened(folder, package, *words)
    assert (done.returncode, says in done.stderr) == (1, True), done.stderr
