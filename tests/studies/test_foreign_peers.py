"""Senders that others wrote, against the running product: Orthanc, dcmtk and dicomweb-client."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient
from dicomweb_client.session_utils import create_session

from studies.arrival.senders import admit_peer, issue_token
from studies.models import Film
from tests.studies.films import JPEG_LS, compressed, dx, file_of, picture
from tests.studies.peers import orthanc, receiver, web
from tests.studies.planned import SETTING_UP, Planned, plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]

FILMS = {
    "1.2.3.1": file_of(dx(SOPInstanceUID="1.2.3.1")),
    "1.2.3.2": file_of(dx(SOPInstanceUID="1.2.3.2"), implicit=True),
    "1.2.3.3": compressed(picture(), JPEG_LS, SOPInstanceUID="1.2.3.3"),
}


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


@pytest.fixture
def token(planned: Planned) -> str:
    return issue_token(trial=planned.trial, site=planned.sites[0], label="peer", actor=SETTING_UP)[1]


@pytest.fixture(scope="module")
def port(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with receiver(tmp_path_factory.mktemp("receiver")) as port:
        yield port


@pytest.fixture(scope="module")
def address(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with web(tmp_path_factory.mktemp("web")) as address:
        yield address


def ask(address: str, content: bytes, **headers: str) -> Any:
    request = urllib.request.Request(address, data=content, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def filed() -> set[str]:
    return set(Film.objects.values_list("sop_instance_uid", flat=True))


def test_orthanc_pushes_by_stow_rs(planned: Planned, address: str, token: str, tmp_path: Path) -> None:
    server = {"Url": f"{address}/dicomweb/", "HttpHeaders": {"Authorization": f"Bearer {token}"}}
    with orthanc(tmp_path, DicomWeb={"Enable": True, "Servers": {"house": server}}) as archive:
        known = [ask(f"{archive}/instances", content)["ID"] for content in FILMS.values()]
        job = {"Resources": known, "Synchronous": True}
        ask(f"{archive}/dicom-web/servers/house/stow", json.dumps(job).encode())
    assert filed() == set(FILMS)
    assert set(Film.objects.values_list("channel", flat=True)) == {"stow"}


def test_orthanc_pushes_by_c_store(planned: Planned, port: int, tmp_path: Path) -> None:
    with orthanc(tmp_path, DicomModalities={"house": ["RA1", "127.0.0.1", port]}) as archive:
        for content in FILMS.values():
            known = ask(f"{archive}/instances", content)["ID"]
            ask(f"{archive}/modalities/house/store", known.encode())
    assert filed() == set(FILMS)


@pytest.mark.parametrize("words", [["dcmsend", "+sd", "-ll", "error"], ["storescu", "+sd"]])
def test_dcmtk_pushes_by_c_store(words: list[str], planned: Planned, port: int, tmp_path: Path) -> None:
    program = shutil.which(words[0])
    assert program, f"{words[0]} is not installed; bin/test --full installs dcmtk"
    for uid in ("1.2.3.1", "1.2.3.2"):
        (tmp_path / f"{uid}.dcm").write_bytes(FILMS[uid])
    titles = ["-aet", "PACS01", "-aec", "RA1"]
    command = [program, *words[1:], *titles, "127.0.0.1", str(port), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert filed() == {"1.2.3.1", "1.2.3.2"}


def test_dicomweb_client_stores(planned: Planned, address: str, token: str) -> None:
    session = create_session()
    session.headers["Authorization"] = f"Bearer {token}"
    client = DICOMwebClient(f"{address}/dicomweb", session=session)
    answer = client.store_instances([pydicom.dcmread(io.BytesIO(content)) for content in FILMS.values()])
    assert len(answer.ReferencedSOPSequence) == len(FILMS)
    assert filed() == set(FILMS)
