"""The folder import: one line of JSON for each file, every file answered, no worker needed."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from studies.models import Film, TransmittalEntry
from tests.studies.films import dx, file_of, plain
from tests.studies.planned import Planned
from tests.studies.test_consent import SAYS, stored_files, withdrawn


def bring_in(planned: Planned, *paths: Path, **options: str) -> list[dict[str, str]]:
    out = io.StringIO()
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    named = [str(path) for path in paths]
    call_command(
        "intake", *named, "--trial", planned.trial.code, "--site", "01", "--json", "--at-once", "1", *words, stdout=out
    )
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_file_of_a_folder_and_a_zip_has_its_answer(ra1: Planned, tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "good.dcm").write_bytes(file_of(dx()))
    (folder / "page.dcm").write_bytes(b"<html><script>alert(1)</script></html>")
    (folder / "again.dcm").write_bytes(file_of(dx()))
    (folder / "undated.jpg").write_bytes(plain("JPEG"))
    (folder / "link.dcm").symlink_to("/etc/passwd")
    with zipfile.ZipFile(folder / "films.zip", "w") as archive:
        archive.writestr("one.dcm", file_of(dx(SOPInstanceUID="1.2.3.7")))
        archive.writestr("../two.dcm", file_of(dx(SOPInstanceUID="1.2.3.8")))
    lines = {line["name"]: line for line in bring_in(ra1, folder, subject="01-001", visit="BL")}
    assert {name: line["outcome"] for name, line in lines.items()} == {
        "again.dcm": "accepted_for_qc",
        "deep/good.dcm": "duplicate",
        "films.zip/one.dcm": "accepted_for_qc",
        "films.zip/../two.dcm": "refused",
        "link.dcm": "refused",
        "page.dcm": "refused",
        "undated.jpg": "held",
    }
    good = lines["again.dcm"]
    assert (good["subject"], good["visit"], good["side"], good["view"]) == ("01-001", "BL", "L", "hand")
    assert lines["undated.jpg"]["reason"] == "The film has no film date. Please add it."
    assert lines["page.dcm"]["reason"] == "The file is an HTML page. Send DICOM, JPEG, PNG, TIFF or zip."


@pytest.mark.parametrize(
    ("header", "declared"),
    [("", {"subject": "01-001", "visit": "BL"}), ("01-001", {}), ("01-001", {"date": "2024-02-03"})],
)
def test_films_of_a_subject_who_withdrew_consent_are_refused_and_listed_and_not_kept(
    header: str, declared: dict[str, str], ra1: Planned, stores: Path, tmp_path: Path
) -> None:
    withdrawn(ra1)
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / "a.dcm").write_bytes(file_of(dx(PatientID=header)))
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("b.dcm", file_of(dx(SOPInstanceUID="1.2.3.7", PatientID=header)))
    lines = bring_in(ra1, folder, **declared)
    assert [(line["name"], line["outcome"], line["reason"]) for line in lines] == [
        ("a.dcm", "refused", SAYS),
        ("b.zip/b.dcm", "refused", SAYS),
    ]
    entries = TransmittalEntry.objects.select_related("film")
    assert [entry.film.status_reason if entry.film else entry.says for entry in entries] == [SAYS, SAYS]
    assert stored_files(stores) == 0


def test_files_of_an_operating_system_are_one_line_and_no_refusals(ra1: Planned, tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    (folder / "__MACOSX").mkdir(parents=True)
    for name in (".DS_Store", "Thumbs.db", "DICOMDIR", "desktop.ini", "__MACOSX/._a.dcm", "._a.dcm"):
        (folder / name).write_bytes(b"\x00" * 10)
    (folder / "a.dcm").write_bytes(file_of(dx()))
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("__MACOSX/._b.dcm", b"x")
        archive.writestr("films\\DICOMDIR", b"x")
        archive.writestr("films\\b.dcm", file_of(dx(SOPInstanceUID="1.2.3.7")))
    lines = bring_in(ra1, folder, subject="01-001", visit="BL")
    assert [(line["name"], line["outcome"]) for line in lines] == [
        ("a.dcm", "accepted_for_qc"),
        ("b.zip/films/b.dcm", "accepted_for_qc"),
        ("b.zip", "ignored"),
        ("system files", "ignored"),
    ]
    assert lines[2]["reason"] == "Not a film: 2 system files left out."
    assert lines[3]["reason"] == "Not a film: 6 system files left out."


def test_a_duplicate_names_what_its_first_copy_became_and_a_failure_stays_one(ra1: Planned, tmp_path: Path) -> None:
    for name, content in (("a", dx()), ("b", dx()), ("c", dx(Rows=65)), ("d", dx(Rows=65))):
        (tmp_path / f"{name}.dcm").write_bytes(file_of(content))
    lines = bring_in(ra1, tmp_path, subject="01-001", visit="BL")
    first, second = Film.objects.order_by("pk")
    assert [line["outcome"] for line in lines] == ["accepted_for_qc", "duplicate", "refused", "refused"]
    assert lines[1]["reason"] == f"The same file was received before: {first} is at the desk."
    assert lines[3]["reason"].startswith(f"The same file was received before: {second} was refused: The pixel data has")


def test_what_was_refused_is_read_anew_without_being_sent_again(ra1: Planned, tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(file_of(dx()))
    (tmp_path / "c.dcm").write_bytes(file_of(dx(Rows=65)))
    bring_in(ra1, tmp_path, subject="01-001", visit="BL")
    out = io.StringIO()
    call_command("intake", "--again", "--trial", "RA-1", "--site", "01", "--json", "--at-once", "1", stdout=out)
    (line,) = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (line["name"], line["outcome"], line["visit"]) == ("c.dcm", "refused", "BL")
    with pytest.raises(CommandError, match="--again"):
        call_command("intake", "--trial", "RA-1", "--site", "01")


def test_bytes_that_were_refused_are_filed_anew_when_asked(ra1: Planned, tmp_path: Path) -> None:
    (tmp_path / "c.dcm").write_bytes(file_of(dx(Rows=65)))
    for words in ([], ["--again"]):
        command = ["intake", str(tmp_path), "--trial", "RA-1", "--site", "01", "--at-once", "1", *words]
        call_command(*command, "--subject", "01-001", stdout=io.StringIO())
    assert Film.objects.count() == 2


def test_a_date_on_the_command_line_dates_what_has_none(ra1: Planned, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(plain("PNG"))
    lines = bring_in(ra1, tmp_path / "a.png", subject="01-001", visit="BL", date="2024-02-03")
    assert lines[0]["outcome"] == "accepted_for_qc"
    assert str(Film.objects.get().film_date) == "2024-02-03"


def test_subject_and_visit_may_come_from_the_header(ra1: Planned, tmp_path: Path) -> None:
    known = dx(PatientID="01-001", ClinicalTrialTimePointID="W24")
    (tmp_path / "a.dcm").write_bytes(file_of(known))
    (tmp_path / "b.dcm").write_bytes(file_of(dx(PatientID="02-001", SOPInstanceUID="1.2.9")))
    lines = bring_in(ra1, tmp_path)
    assert (lines[0]["outcome"], lines[0]["subject"], lines[0]["visit"]) == ("accepted_for_qc", "01-001", "W24")
    assert (lines[1]["outcome"], lines[1]["reason"]) == (
        "held",
        "The film has no subject and no visit. Please add them.",
    )


def test_the_manifest_lists_every_file_that_was_read(ra1: Planned, tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(file_of(dx()))
    (tmp_path / "b.txt").write_bytes(b"not a film")
    bring_in(ra1, tmp_path, subject="01-001", visit="BL")
    entries = {entry.name: (entry.outcome, entry.size) for entry in TransmittalEntry.objects.all()}
    assert entries == {"a.dcm": ("filed", len(file_of(dx()))), "b.txt": ("refused", 10)}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--trial", "RA-9", "--site", "01"], "There is no trial RA-9. Choose RA-1."),
        (["--trial", "RA-1", "--site", "07"], "Trial RA-1 has no site 07. Choose 01 or 02."),
        (["--trial", "RA-1", "--site", "01", "--subject", "02-001"], "Site 01 has no subject 02-001. Choose 01-001."),
        (
            ["--trial", "RA-1", "--site", "01", "--visit", "BL"],
            "Visit BL is given without its subject. Choose it with --subject.",
        ),
    ],
)
def test_a_wrong_word_names_what_was_allowed(words: list[str], said: str, ra1: Planned, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Choose") as refusal:
        call_command("intake", str(tmp_path), *words)
    assert said in str(refusal.value)


@pytest.mark.django_db(transaction=True)
def test_several_films_are_read_beside_each_other(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    planned: Planned = request.getfixturevalue("ra1")
    for number in range(6):
        film = dx(SOPInstanceUID=f"1.2.3.{number}", SeriesInstanceUID=f"1.2.4.{number % 2}")
        (tmp_path / f"{number}.dcm").write_bytes(file_of(film))
    out = io.StringIO()
    words = ["--trial", planned.trial.code, "--site", "01", "--subject", "01-001", "--visit", "BL"]
    call_command("intake", str(tmp_path), *words, "--json", "--at-once", "3", stdout=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["name"] for line in lines] == [f"{number}.dcm" for number in range(6)]
    assert {line["outcome"] for line in lines} == {"accepted_for_qc"}


def test_a_path_that_is_not_there_is_named(ra1: Planned, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file or folder “.*nowhere”."):
        call_command("intake", str(tmp_path / "nowhere"), "--trial", "RA-1", "--site", "01")
