"""C-STORE into the running receiver: who may send, what is answered, and what a hostile peer achieves."""

from __future__ import annotations

import io
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pynetdicom import AE

from studies.arrival.senders import admit_peer, revoke
from studies.models import Film, Transmittal
from tests.studies.films import DX, JPEG_LS, compressed, dx, file_of, picture
from tests.studies.peers import receiver
from tests.studies.planned import SETTING_UP, Planned, plan
from tests.studies.test_consent import SAYS, stored_files, withdrawn

pytestmark = pytest.mark.django_db(transaction=True)

CT = "1.2.840.10008.5.1.4.1.1.2"
VERIFICATION = "1.2.840.10008.1.1"


@pytest.fixture
def planned() -> Planned:
    planned = plan("RA-1")
    admit_peer(
        trial=planned.trial,
        site=planned.sites[0],
        calling_ae="PACS01",
        called_ae="RA1",
        address="127.0.0.1",
        actor=SETTING_UP,
    )
    return planned


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("receiver")


@pytest.fixture(scope="module")
def port(django_db_setup: None, folder: Path) -> Iterator[int]:
    with receiver(folder) as port:
        yield port


def associate(port: int, calling: str = "PACS01", called: str = "RA1", syntaxes: list[str] | None = None) -> Any:
    entity = AE(ae_title=calling)
    entity.add_requested_context(VERIFICATION)
    for sop_class in (DX, CT):
        entity.add_requested_context(sop_class, syntaxes) if syntaxes else entity.add_requested_context(sop_class)
    return entity.associate("127.0.0.1", port, ae_title=called)


def film(number: int = 1, **values: Any) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(file_of(dx(SOPInstanceUID=f"1.2.3.{number}", **values))))


def test_films_of_an_admitted_peer_are_filed_under_one_delivery(planned: Planned, port: int) -> None:
    association = associate(port)
    assert association.is_established
    assert association.send_c_echo().Status == 0x0000
    assert [association.send_c_store(film(number)).Status for number in (1, 2, 1)] == [0, 0, 0]
    association.release()
    assert set(Film.objects.values_list("site", "sop_instance_uid", "channel")) == {
        (planned.sites[0].pk, "1.2.3.1", "cstore"),
        (planned.sites[0].pk, "1.2.3.2", "cstore"),
    }
    outcomes = Transmittal.objects.get().entries.values_list("outcome", flat=True)
    assert list(outcomes) == ["filed", "filed", "duplicate"]


def test_a_compressed_film_is_taken_as_it_is(planned: Planned, port: int) -> None:
    association = associate(port, syntaxes=[JPEG_LS])
    sent = pydicom.dcmread(io.BytesIO(compressed(picture(), JPEG_LS)))
    assert association.send_c_store(sent).Status == 0x0000
    association.release()
    assert Film.objects.count() == 1


@pytest.mark.parametrize(("calling", "called"), [("STRANGER", "RA1"), ("PACS01", "OTHER")])
def test_who_was_not_admitted_is_turned_away(calling: str, called: str, planned: Planned, port: int) -> None:
    association = associate(port, calling, called)
    assert association.is_rejected
    assert not association.is_established


def test_a_peer_that_is_revoked_is_turned_away_at_once(planned: Planned, port: int) -> None:
    revoke(sender=planned.trial.dicom_peers.get(), actor=SETTING_UP)
    assert associate(port).is_rejected


def test_other_classes_are_not_negotiated(planned: Planned, port: int) -> None:
    association = associate(port)
    assert CT not in {context.abstract_syntax for context in association.accepted_contexts}
    association.release()


def test_what_cannot_be_read_fails_each_time_it_is_sent_and_is_in_the_manifest(planned: Planned, port: int) -> None:
    association = associate(port)
    assert [association.send_c_store(film(1, Rows=65000)).Status for _ in range(2)] == [0xC000, 0xC000]
    assert association.send_c_store(film(1)).Status == 0x0000, "a good film of the same UID is taken after it"
    association.release()
    outcomes = Transmittal.objects.get().entries.values_list("outcome", flat=True)
    assert list(outcomes) == ["filed", "duplicate", "filed"]


def test_a_film_of_a_subject_who_withdrew_consent_fails_and_is_in_the_manifest_alone(
    planned: Planned, port: int, folder: Path
) -> None:
    withdrawn(planned)
    before = stored_files(folder / "files")
    association = associate(port)
    statuses = [association.send_c_store(film(1, PatientID=code)).Status for code in ("01-001", "01-001", "01-002")]
    association.release()
    assert statuses == [0x0124, 0x0124, 0]
    entries = Transmittal.objects.get().entries.values_list("outcome", "reason")
    assert list(entries) == [("refused", SAYS), ("refused", SAYS), ("filed", "")]
    assert stored_files(folder / "files") == before + 1, "the last film alone is stored"


def test_another_image_under_the_same_uid_fails_each_time(planned: Planned, port: int) -> None:
    association = associate(port)
    other = film(1, PatientComments="another")
    assert [association.send_c_store(one).Status for one in (film(1), other, other)] == [0, 0x0111, 0x0111]
    association.release()


def test_a_film_is_named_so_that_its_site_finds_it_in_the_archive(planned: Planned, port: int) -> None:
    association = associate(port)
    long = pydicom.dcmread(io.BytesIO(file_of(dx(SOPInstanceUID="1.2.826.0.1.3680043.8.498.77"))))
    for sent in (film(1), long):
        association.send_c_store(sent)
    association.release()
    names = list(Film.objects.order_by("pk").values_list("original_name", flat=True))
    assert names == ["2024-01-31, UID 1.2.3.1", "2024-01-31, UID …3680043.8.498.77"]


def test_a_peer_that_announces_four_gigabytes_is_cut_off_and_the_next_is_served(planned: Planned, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as hostile:
        hostile.settimeout(20)
        hostile.sendall(struct.pack(">BBL", 1, 0, 0xFFFFFFF0) + b"\x00" * 100_000)
        try:
            while hostile.recv(4096):
                pass
        except ConnectionResetError:
            pass
    association = associate(port)
    assert association.send_c_store(film()).Status == 0x0000
    association.release()


def test_a_film_is_in_no_file_that_can_be_opened_while_it_arrives_or_after(
    planned: Planned, port: int, folder: Path
) -> None:
    association = associate(port)
    large = film(1, pixels=picture(2000, 2500), PatientComments="SECRETWORD")
    sending = threading.Thread(target=association.send_c_store, args=[large])
    sending.start()
    seen: list[Path] = []
    while sending.is_alive():
        seen += [path for path in (folder / "work").rglob("*") if path.is_file()]
    association.release()
    assert Film.objects.count() == 1
    assert not seen
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"SECRETWORD" in path.read_bytes()]
