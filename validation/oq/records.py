"""Records: received data, stored data, copies, and whether alterations are detected."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from audit.protection import ROWS, existing, sqlite_triggers
from audit.verify import verify
from jobs.copying import MANIFEST
from jobs.database_copy import NAMES
from jobs.restoring import read_manifest
from reading.charter.versions import draft_charter
from reading.models import Campaign
from scoring.datasets import verifier
from scoring.models import Dataset
from studies.arrival.stored_files import fault_of_original
from studies.models import Film, TransmittalEntry
from validation.checks import check, demand
from validation.oq.blinding import NAME
from validation.oq.world import CAMPAIGN, TRIAL, CheckedTrial
from validation.requirements import requirements

# Each is one statement by an owner of the tables; the check fails if it is not detected.
ALTERATIONS = (
    ("reading_itemscore", "UPDATE reading_itemscore SET value = 5 WHERE id = (SELECT max(id) FROM reading_itemscore)"),
    ("reading_signedvalues", 'UPDATE reading_signedvalues SET "values" = digest'),
    ("accounts_signature", "UPDATE accounts_signature SET printed_name = 'Somebody'"),
    ("audit_event", "UPDATE audit_event SET body = body || ' ' WHERE seq = 2"),
    ("studies_film", "UPDATE studies_film SET film_date = '2020-02-29'"),
    ("studies_membership", "UPDATE studies_membership SET role = 'lead' WHERE role = 'sponsor'"),
    ("reading_read", "UPDATE reading_read SET status = 'voided'"),
)


@check(
    "R-35",
    name="alterations are found",
    does=f"Alters rows of {len(ALTERATIONS)} tables as their owner could, without protection; each is undone.",
    expects="The verification names the table of each",
)
def alterations_are_found(_: CheckedTrial) -> str:
    unseen = [table for table, statement in ALTERATIONS if table not in found_after(statement)]
    return demand([f"an altered row of {table} was not found" for table in unseen], f"{len(ALTERATIONS)} of them named")


def found_after(statement: str) -> set[str]:
    """The tables that the verification reports after a statement; everything is rolled back."""
    with transaction.atomic(), connection.cursor() as cursor:
        for one in existing():
            if connection.vendor == "postgresql":
                cursor.execute(f'ALTER TABLE "{one.table}" DISABLE TRIGGER {ROWS}')
            else:
                for name in sqlite_triggers(one):
                    cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(statement)
        found = {one.table for one in verify(in_time=False).findings if one.fault != "no protection"}
        transaction.set_rollback(True)
    return found


@check(
    "R-34",
    name="a complete copy",
    does="Downloads the locked dataset over HTTP and verifies it against the signed root; then alters a character.",
    expects="The copy verifies, and the altered one does not",
)
def complete_copy(world: CheckedTrial) -> str:
    dataset = Dataset.objects.get()
    answer = world.get("statistician", reverse("scoring:download", args=[TRIAL, CAMPAIGN, dataset.number]))
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    folder = world.folder / "downloaded"
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(folder)
    (unpacked,) = folder.iterdir()
    faults = verifier.verify(unpacked, dataset.root)
    table = unpacked / "analysis.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("0", "1", 1), encoding="utf-8")
    faults += [] if verifier.verify(unpacked, dataset.root) else ["an altered copy verifies"]
    return demand(faults, f"{len(content):,} bytes, root {dataset.root}")


@check(
    "R-39",
    name="what was sent is what is stored",
    does="Decrypts every original, and compares it with the delivery it came in.",
    expects="Each has the SHA-256 that was taken when it was received, and is a line of its delivery",
)
def sent_is_stored(_: CheckedTrial) -> str:
    films = list(Film.objects.exclude(original_file=""))
    lines = set(TransmittalEntry.objects.values_list("sha256", flat=True))
    faults = [f"film {film.pk}: {fault}" for film in films if (fault := fault_of_original(film))]
    faults += [f"film {film.pk} is in no delivery" for film in films if film.sha256 not in lines]
    return demand(faults if films else ["no film"], f"{len(films)} originals as received, each in a delivery")


def files_below(folder: Path) -> list[Path]:
    """Every stored file."""
    return [path for path in folder.rglob("*") if path.is_file()]


@check(
    "R-54",
    "R-55",
    name="no identity in a stored file",
    does="Reads the bytes of every stored file: originals, blind objects, reader images and datasets.",
    expects="None contains the name of a patient of these checks, and none begins like a DICOM file",
)
def no_identity_in_files(_: CheckedTrial) -> str:
    files = files_below(settings.VAR / "files")
    faults = []
    for path in files:
        content = path.read_bytes()
        faults += [f"{path.name} has the name of a patient"] if NAME.encode() in content else []
        faults += [f"{path.name} is readable as DICOM"] if content[128:132] == b"DICM" else []
    return demand(faults[:5] if files else ["there is no stored file"], f"{len(files)} stored files")


@check(
    "R-13",
    "R-45",
    name="backup",
    does="Makes a backup and compares it with its manifest; then alters one of its files.",
    expects="Database and every stored file are in it, and the altered backup is refused",
)
def backup(world: CheckedTrial) -> str:
    target = world.folder / "backups"
    call_command("backup", "--to", str(target), stdout=io.StringIO())
    (folder,) = (path.parent for path in target.rglob(MANIFEST))
    listed = read_manifest(folder)["files"]
    names = {entry["name"] for entry in listed}
    faults = [] if NAMES[connection.vendor] in names else ["the database is not in the backup"]
    stored = len(files_below(settings.VAR / "files"))
    copied = len([name for name in names if name.startswith("files/")])
    faults += [] if copied >= stored else [f"{copied} of {stored} stored files are in the backup"]
    first = folder / listed[0]["path"]
    first.write_bytes(first.read_bytes() + b"x")
    faults += [] if refuses(lambda: read_manifest(folder)) else ["an altered backup is accepted"]
    return demand(faults, f"database and {copied} stored files; the altered backup was refused")


def refuses(act: Callable[[], object]) -> bool:
    """Whether an act is refused."""
    try:
        act()
    except Exception:  # any refusal counts
        return True
    return False


@check(
    "R-52",
    name="approvals before reading",
    does="Drafts a charter without signing it, creates a campaign under it, then one under the signed charter.",
    expects="The first is refused, the second is created",
)
def approvals_before_reading(world: CheckedTrial) -> str:
    signed = Campaign.objects.get(code=CAMPAIGN).charter
    terms = {"instrument": world.play.design.instrument}
    draft = draft_charter(trial=world.play.trial, actor=world.play.actor("coordinator"), terms=terms)
    for code, charter in (("DRAFT", draft), ("SIGNED", signed)):
        fields = {"campaign_code": code, "title": "Validation", "charter": charter.pk}
        world.post("coordinator", reverse("reading:campaigns", args=[TRIAL]), **fields)
    made = sorted(Campaign.objects.exclude(code=CAMPAIGN).values_list("code", flat=True))
    return demand([] if made == ["SIGNED"] else [f"campaigns were made: {made}"], "one refused, one made")


@check(
    "R-56",
    name="no identity in logs and addresses",
    does="Reads every line logged and address requested in these checks, and the page of a film that does not exist.",
    expects="None contains the name of a patient or a subject of these checks",
)
def no_identity_in_logs(world: CheckedTrial) -> str:
    codes = [subject.code for subject in world.play.subjects]
    page = world.get("coordinator", reverse("studies:film", args=[TRIAL, 999_999])).content.decode()
    lines = [*world.logged.lines, *world.addresses, page]
    faults = [line[:80] for line in lines if NAME in line or any(code in line for code in codes)]
    return demand(faults[:5], f"{len(world.logged.lines)} lines and {len(world.addresses)} addresses")


@check(
    "R-49",
    name="traceability",
    does="Compares the requirements with the checks of all stages.",
    expects="Each requirement has a check or a procedure for the owner",
)
def traceability(_: CheckedTrial) -> str:
    from validation.traced import checked_numbers

    checked = checked_numbers()
    loose = [one.number for one in requirements().values() if one.number not in checked and not one.procedure]
    return demand([f"{number} has neither" for number in loose], f"{len(requirements())} requirements")


LOCKED = (
    complete_copy,
    sent_is_stored,
    no_identity_in_files,
    alterations_are_found,
    backup,
    approvals_before_reading,
    no_identity_in_logs,
    traceability,
)
