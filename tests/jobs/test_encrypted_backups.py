"""A backup is encrypted to a public key: without the private key it tells nothing, and with it everything is back."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from pyrage.x25519 import Identity

from audit import anchors
from audit.models import Event
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from jobs.backups import STORES, Backup, ask_daily, write_backup
from jobs.carrying import run_due_jobs
from jobs.encrypting import identity_from
from jobs.models import Pulse
from jobs.restoring import NotRestorable, read_manifest, restore
from studies.arrival.quarantine import keep_original

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = Actor.system("tests")
CANARY = b"CANARYCONTENT"


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    """The file of a private key as age-keygen writes it; in life it is not on the host."""
    key = Identity.generate()
    path = tmp_path / "identity.txt"
    path.write_text(f"# created: today\n# public key: {key.to_public()}\n{key}\n")
    return path


@pytest.fixture
def recipient(identity: Path) -> str:
    return str(identity_from(identity).to_public())


@pytest.fixture
def original(tmp_path: Path, settings: Any) -> str:
    """An installation with an event, an anchor, an encrypted original and a readable reader image."""
    options = {"BACKEND": "config.storage.DurableFolder"}
    folders = {store: options | {"OPTIONS": {"location": str(tmp_path / "files" / store)}} for store in STORES}
    settings.STORAGES = settings.STORAGES | folders
    with audited_atomic():
        record(action="jobs.job.retried", actor=ACTOR, stream="CANARYTRIAL", subject=("tests.thing", "1"))
    anchors.write()
    storages["reading"].save("image", ContentFile(CANARY * 20_000))
    return keep_original(iter([CANARY]))


@pytest.fixture
def backup(original: str, recipient: str, settings: Any) -> Backup:
    return write_backup(to=settings.BACKUP_FOLDER, recipient=recipient)


def files_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_no_file_of_an_encrypted_backup_reveals_anything_and_none_was_readable_on_the_way(backup: Backup) -> None:
    for path in files_in(backup.folder):
        content = path.read_bytes()
        assert b"CANARY" not in content, path
        assert path.name == "manifest.json" or content.startswith((b"age-encryption.org/v1\n", b"BRQ1")), path
    assert [path.name for path in backup.folder.parent.iterdir()] == [backup.folder.name]


def test_with_the_private_key_everything_is_back(backup: Backup, identity: Path, original: str) -> None:
    stored = storages["quarantine"].open(original).read()
    for store, name in (("quarantine", original), ("reading", "image")):
        storages[store].delete(name)
    report = restore(folder=backup.folder, replace=True, actor=ACTOR, identity=identity_from(identity))
    assert report.intact
    assert Event.objects.filter(stream="CANARYTRIAL").count() == 1
    assert storages["quarantine"].open(original).read() == stored
    assert storages["reading"].open("image").read() == CANARY * 20_000


def test_an_original_that_is_encrypted_already_is_copied_as_it_is(backup: Backup, original: str) -> None:
    copied = (backup.folder / "files/quarantine" / original).read_bytes()
    assert copied == storages["quarantine"].open(original).read()


def test_what_has_not_changed_is_not_encrypted_again(backup: Backup, recipient: str) -> None:
    storages["reading"].save("second", ContentFile(b"more"))
    later = write_backup(to=backup.folder.parent, recipient=recipient)
    image = "files/reading/image.age"
    assert (backup.folder / image).samefile(later.folder / image)
    assert (later.folder / "files/reading/second.age").exists()
    assert read_manifest(later.folder)


def test_a_copy_that_has_changed_since_is_made_again(backup: Backup, recipient: str) -> None:
    damaged = backup.folder / "files/reading/image.age"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\x00")
    later = write_backup(to=backup.folder.parent, recipient=recipient)
    assert not damaged.samefile(later.folder / "files/reading/image.age")
    assert read_manifest(later.folder)


def test_a_copy_to_another_key_is_not_taken_over(backup: Backup) -> None:
    other = write_backup(to=backup.folder.parent, recipient=str(Identity.generate().to_public()))
    image = "files/reading/image.age"
    assert not (backup.folder / image).samefile(other.folder / image)


def test_without_the_private_key_or_with_another_nothing_is_changed(backup: Backup, identity: Path) -> None:
    before = Event.objects.count()
    other = identity.with_name("other.txt")
    other.write_text(f"{Identity.generate()}\n")
    for key, said in ((None, "--identity FILE"), (identity_from(other), "the private key given is for age1")):
        with pytest.raises(NotRestorable, match=said):
            restore(folder=backup.folder, replace=True, actor=ACTOR, identity=key)
    assert Event.objects.count() == before


@pytest.mark.parametrize("content", ["", "age1abc\n", "AGE-SECRET-KEY-1ABC\n", "# only a comment\n"])
def test_a_file_that_holds_no_private_key_is_named(content: str, tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "identity.txt"
    path.write_text(content)
    with pytest.raises(CommandError, match="identity.txt does not contain an age private key"):
        call_command("restore", str(tmp_path), identity=path)


def test_a_recipient_that_is_no_public_key_is_refused_before_anything_is_written(settings: Any) -> None:
    with pytest.raises(BadInput, match="“age1nobody” is not an age public key"):
        write_backup(to=settings.BACKUP_FOLDER, recipient="age1nobody")
    assert not settings.BACKUP_FOLDER.exists()


def test_the_command_says_whether_its_copy_can_be_read(original: str, recipient: str) -> None:
    said = {}
    for key in ("", recipient):
        out = io.StringIO()
        call_command("backup", recipient=key, stdout=out)
        said[key] = out.getvalue()
    assert "readable by anyone who has it" in said[""]
    assert "This backup is not encrypted" in said[""]
    assert f"encrypted to {recipient}\n" in said[recipient]
    assert "not encrypted" not in said[recipient]


def test_the_daily_backup_is_encrypted_to_the_key_in_the_settings(original: str, recipient: str, settings: Any) -> None:
    settings.BACKUP_DAILY, settings.BACKUP_RECIPIENT = True, recipient
    ask_daily()
    assert run_due_jobs() == 1
    (folder,) = settings.BACKUP_FOLDER.iterdir()
    assert json.loads((folder / "manifest.json").read_text())["recipient"] == recipient
    assert Pulse.objects.get(part="backup").says.endswith(f"encrypted to {recipient}")


def test_a_backup_that_fails_leaves_nothing(original: str, recipient: str, settings: Any) -> None:
    image = Path(storages["reading"].path("image"))
    image.unlink()
    image.symlink_to("/nowhere")
    with pytest.raises(OSError, match="image"):
        write_backup(to=settings.BACKUP_FOLDER, recipient=recipient)
    assert list(settings.BACKUP_FOLDER.iterdir()) == []


def test_an_encrypted_backup_that_was_cut_is_named(backup: Backup) -> None:
    path = next(path for path in files_in(backup.folder) if path.name.startswith("database"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(NotRestorable, match=path.name):
        read_manifest(backup.folder)
