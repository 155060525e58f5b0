"""Auditors find the validation documents that the owner of the installation keeps, and nobody else does."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from validation.checks import FAILED, PASSED, CheckResult
from validation.report import StageReport, as_json
from validation.requirements import requirements

pytestmark = pytest.mark.django_db
PAGE = "/trials/RA-1/validation/"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """The folder of the owner."""
    settings.VALIDATION_FOLDER = tmp_path / "validation"
    return tmp_path / "validation"


def report_of(outcome: str) -> str:
    """The report of an IQ with one check."""
    now = timezone.now()
    check = CheckResult("name", ("R-01",), "does", "expects", "seen", outcome, now, now)
    return as_json(StageReport("iq", {}, (check,)))


def rows_of(cast: Cast) -> dict[str, tuple[str, str, str]]:
    """Title, result and digest of each document on the auditor's page."""
    listing = cast.client("auditor").get(PAGE).context["tables"]["documents"]
    shown = [[str(cell.column.of(row.object) or "") for cell in row.cells] for row in listing.rows]
    return {name: (title, result, digest) for name, title, result, _, _, _, digest in shown}


def test_the_page_lists_each_document_with_result_and_digest_and_gives_it_out(cast: Cast, folder: Path) -> None:
    folder.mkdir()
    (folder / "iq-1.json").write_text(report_of(PASSED))
    (folder / "iq-1.pdf").write_bytes(b"%PDF-1.7 signed")
    (folder / "iq-2.json").write_text(report_of(FAILED))
    (folder / "procedure.txt").write_text("Every month.")
    (folder / "not-a-report.json").write_text("[1]")
    digest = hashlib.sha256(b"%PDF-1.7 signed").hexdigest()
    rows = rows_of(cast)
    assert rows["iq-1.pdf"] == ("Installation qualification", "Passed", digest)
    assert rows["iq-2.json"][1] == "Not passed"
    assert rows["procedure.txt"][:2] == rows["not-a-report.json"][:2] == ("", "")
    got = cast.client("auditor").get(f"{PAGE}{digest}/")
    assert b"".join(got) == b"%PDF-1.7 signed"
    assert got["Content-Disposition"] == 'attachment; filename="iq-1.pdf"'
    assert cast.client("sponsor").get(f"{PAGE}{digest}/").status_code == 403


def test_hidden_files_folders_and_links_are_never_given_out(cast: Cast, folder: Path, tmp_path: Path) -> None:
    (folder / "below").mkdir(parents=True)
    (folder / ".hidden").write_text("hidden")
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    assert rows_of(cast) == {}
    secret = hashlib.sha256(b"secret").hexdigest()
    assert cast.client("auditor").get(f"{PAGE}{secret}/").status_code == 404


def test_without_a_folder_the_page_says_so_and_lists_every_requirement(cast: Cast, folder: Path) -> None:
    page = cast.client("auditor").get(PAGE)
    assert "The owner of the installation has put no document" in page.content.decode()
    assert page.context["tables"]["requirements"].count == len(requirements())
    text = b"".join(cast.client("auditor").get(f"{PAGE}?requirements-format=csv")).decode()
    assert len(text.splitlines()) >= len(requirements()) + 1
