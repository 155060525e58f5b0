"""Anchors are copied to a bucket of an S3 server under its object lock, and compared with their copies there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from audit import anchors
from audit.anchor_targets import NotCopied, copy_anchors
from audit.verify import verify
from jobs.health import Unwell
from jobs.health import anchors as health_of_anchors
from tests.audit.conftest import RecordEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3 server."""
    running = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A client of the server, which has a bucket with object lock that is a target of the anchors."""
    for name, value in {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    settings.S3_ENDPOINT_URL, settings.ANCHOR_TARGETS = server, [f"s3:{tmp_path.name.replace('_', '-')}/trail"]
    client = boto3.client("s3", endpoint_url=server)
    client.create_bucket(Bucket=name_of_bucket(settings), ObjectLockEnabledForBucket=True)
    return client


@pytest.fixture
def two(record_event: RecordEvent) -> list[Path]:
    """Two anchors."""
    return [written(record_event), written(record_event)]


def written(record_event: RecordEvent) -> Path:
    """A new anchor over a new event."""
    record_event()
    path = anchors.write()
    assert path
    return path


def name_of_bucket(settings: Any) -> str:
    return str(settings.ANCHOR_TARGETS[0]).removeprefix("s3:").split("/")[0]


def versions(bucket: Any, settings: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = bucket.list_object_versions(Bucket=name_of_bucket(settings))["Versions"]
    return listed


def found() -> list[tuple[str, str]]:
    return [(finding.fault, finding.row) for finding in verify().findings]


def test_each_anchor_is_copied_once_and_nobody_can_delete_a_copy(
    bucket: Any, two: list[Path], settings: Any, record_event: RecordEvent
) -> None:
    copy_anchors()
    third = written(record_event)
    copy_anchors()
    kept = versions(bucket, settings)
    assert sorted(one["Key"] for one in kept) == [f"trail/{path.name}" for path in [*two, third]]
    assert "copied to" in health_of_anchors()
    for one in kept:
        head = bucket.head_object(Bucket=name_of_bucket(settings), Key=one["Key"])
        assert (head["ObjectLockMode"], head["ObjectLockRetainUntilDate"].year - head["LastModified"].year) == (
            "COMPLIANCE",
            10,
        )
        with pytest.raises(ClientError, match="AccessDenied"):
            bucket.delete_object(Bucket=name_of_bucket(settings), Key=one["Key"], VersionId=one["VersionId"])
    assert found() == []


def test_an_anchor_that_is_missing_or_changed_here_is_found_by_the_copies_in_the_bucket(
    bucket: Any, two: list[Path]
) -> None:
    copy_anchors()
    two[1].write_text(two[1].read_text() + " ")
    assert ("bad anchor", two[1].name) in found()
    two[1].unlink()
    assert found() == [("missing anchor", two[1].name)]


def test_a_bucket_that_is_gone_shows_on_the_health_page_and_in_the_verification(
    bucket: Any, two: list[Path], settings: Any
) -> None:
    bucket.delete_bucket(Bucket=name_of_bucket(settings))
    with pytest.raises(NotCopied, match="s3:"):
        copy_anchors()
    with pytest.raises(Unwell, match=r"s3:.*\(NoSuchBucket\)"):
        health_of_anchors()
    assert found() == [("copies not compared", settings.ANCHOR_TARGETS[0])]
