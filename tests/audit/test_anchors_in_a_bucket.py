"""Anchors are copied to a bucket of an S3 server under its object lock, and compared with their copies there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from audit import anchors
from audit.anchor_targets import NotCopied, copy_anchors
from audit.verify import verify
from jobs.health import Unwell
from jobs.health import anchors as health_of_anchors
from tests.audit.conftest import RecordEvent
from tests.object_store import make_bucket, object_store

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["object_store"]


BUCKET = "anchors"


@pytest.fixture
def bucket(object_store: str, settings: Any) -> Any:
    """A client of the server, which has a bucket with object lock that is a target of the anchors."""
    settings.ANCHOR_TARGETS = [f"s3:{BUCKET}/trail"]
    return make_bucket(BUCKET, locked=True)


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


def versions(bucket: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = bucket.list_object_versions(Bucket=BUCKET)["Versions"]
    return listed


def found() -> list[tuple[str, str]]:
    return [(finding.fault, finding.row) for finding in verify().findings]


def test_each_anchor_is_copied_once_and_nobody_can_delete_a_copy(
    bucket: Any, two: list[Path], settings: Any, record_event: RecordEvent
) -> None:
    copy_anchors()
    third = written(record_event)
    copy_anchors()
    kept = versions(bucket)
    assert sorted(one["Key"] for one in kept) == [f"trail/{path.name}" for path in [*two, third]]
    assert "copied to" in health_of_anchors()
    for one in kept:
        head = bucket.head_object(Bucket=BUCKET, Key=one["Key"])
        assert (head["ObjectLockMode"], head["ObjectLockRetainUntilDate"].year - head["LastModified"].year) == (
            "COMPLIANCE",
            10,
        )
        with pytest.raises(ClientError, match="AccessDenied"):
            bucket.delete_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
    assert found() == []


def test_an_anchor_that_is_missing_or_changed_here_is_found_by_the_copies_in_the_bucket(
    bucket: Any, two: list[Path]
) -> None:
    copy_anchors()
    two[1].write_text(two[1].read_text() + " ")
    assert ("bad anchor", two[1].name) in found()
    two[1].unlink()
    assert found() == [("missing anchor", two[1].name)]


def test_a_copy_that_was_hidden_or_written_again_is_found_though_its_first_version_stays(
    bucket: Any, two: list[Path]
) -> None:
    copy_anchors()
    bucket.delete_object(Bucket=BUCKET, Key=f"trail/{two[0].name}")
    bucket.put_object(Bucket=BUCKET, Key=f"trail/{two[1].name}", Body=b"{}")
    copy_anchors()
    assert sorted(found()) == [("changed copy", two[0].name), ("changed copy", two[1].name)]
    two[1].unlink()
    assert ("missing anchor", two[1].name) in found()


def test_a_bucket_that_is_gone_shows_on_the_health_page_and_in_the_verification(
    bucket: Any, two: list[Path], settings: Any
) -> None:
    bucket.delete_bucket(Bucket=BUCKET)
    with pytest.raises(NotCopied, match="s3:"):
        copy_anchors()
    with pytest.raises(Unwell, match=r"s3:.*\(NoSuchBucket\)"):
        health_of_anchors()
    assert found() == [("copies not compared", settings.ANCHOR_TARGETS[0])]
