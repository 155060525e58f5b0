"""Copies each new anchor to the places of ANCHOR_TARGETS: folder:PATH, s3:BUCKET/PREFIX or mail:ADDRESS.

A copy outside the host is what a person who controls the host cannot change. A bucket keeps each copy under its object
lock for ten years.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from audit import anchors

KEPT = timedelta(days=3653)
MAIL_EVERY = timedelta(days=7)
ANCHOR = "anchor-"
# A bucket that does not answer must not keep a verification waiting.
PATIENCE = Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 2})


class NotCopied(Exception):
    """A target did not accept the anchors; the text names it."""


def copy_anchors() -> None:
    """Copies the missing anchors to each target. A target that fails does not affect the others."""
    failed = {}
    for target in settings.ANCHOR_TARGETS:
        kind, _, place = target.partition(":")
        try:
            TARGETS[kind](place)
        except Exception as error:
            failed[target] = type(error).__name__
    if settings.ANCHOR_TARGETS:
        settings.ANCHOR_FOLDER.mkdir(parents=True, exist_ok=True)
        result().write_text(json.dumps(failed), encoding="utf-8")
    if failed:
        raise NotCopied(", ".join(failed))


def result() -> Path:
    return Path(settings.ANCHOR_FOLDER) / ".targets.json"


def failing_targets() -> dict[str, str]:
    """The targets that did not accept the anchors at the last attempt, with the type of the error."""
    last: dict[str, str] = json.loads(result().read_text(encoding="utf-8")) if result().exists() else {}
    return {target: error for target, error in last.items() if target in settings.ANCHOR_TARGETS}


def copy_to_folder(place: str) -> None:
    """Copies into a folder that must exist: one that is not mounted is a failure, not an empty folder."""
    folder = Path(place)
    there = {path.name for path in folder.iterdir()}
    for path in anchors.files():
        if path.name not in there:
            part = folder / f".{path.name}.part"
            with part.open("wb") as file:
                file.write(path.read_bytes())
                file.flush()
                os.fsync(file.fileno())
            part.rename(folder / path.name)


@dataclass(frozen=True)
class Bucket:
    """A bucket with object lock: nobody can delete a version before its time, the owner of the account included.

    A delete marker can hide a version, and a newer version can replace it; both are detected.
    """

    client: Any
    name: str
    prefix: str

    @classmethod
    def at(cls, place: str) -> Bucket:
        """The bucket at BUCKET/PREFIX; credentials as for the AWS tools."""
        name, _, prefix = place.partition("/")
        client = boto3.client("s3", endpoint_url=settings.S3_ENDPOINT_URL or None, config=PATIENCE)
        return cls(client, name, f"{prefix.rstrip('/')}/" if prefix else "")

    def versions(self) -> dict[str, list[str]]:
        """Every stored version of each anchor, oldest first; "" is a delete marker that hides those before it."""
        listed: list[tuple[datetime, bool, int, str, str]] = []
        pages = self.client.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self.name, Prefix=f"{self.prefix}{ANCHOR}"):
            for kind in ("Versions", "DeleteMarkers"):
                for one in page.get(kind, ()):
                    hides, before = kind == "DeleteMarkers", -len(listed)  # in one second, the newer is listed first
                    version = "" if hides else one["VersionId"]
                    listed.append((one["LastModified"], hides, before, one["Key"], version))
        found: dict[str, list[str]] = {}
        for *_, key, version in sorted(listed):
            found.setdefault(key.removeprefix(self.prefix), []).append(version)
        return found

    def read(self, name: str, version: str) -> bytes:
        """A version of an anchor."""
        key = f"{self.prefix}{name}"
        return bytes(self.client.get_object(Bucket=self.name, Key=key, VersionId=version)["Body"].read())

    def write(self, path: Path) -> None:
        """A copy of an anchor, locked for ten years."""
        self.client.put_object(
            Bucket=self.name,
            Key=f"{self.prefix}{path.name}",
            Body=path.read_bytes(),
            ChecksumAlgorithm="SHA256",
            ObjectLockMode="COMPLIANCE",
            ObjectLockRetainUntilDate=timezone.now() + KEPT,
        )


def copy_to_bucket(place: str) -> None:
    """Copies into a bucket, each anchor once."""
    bucket = Bucket.at(place)
    there = bucket.versions()
    for path in anchors.files():
        if path.name not in there:
            bucket.write(path)


@dataclass(frozen=True)
class AnchorCopy:
    """A copy of an anchor at a target: its content, if it was read, and whether it was hidden or overwritten."""

    name: str
    content: bytes | None
    changed: bool = False


def copies(target: str) -> Iterator[AnchorCopy]:
    """The copies at a target, oldest first; none for a mail address.

    In a bucket, only the newest is read, in its first version: it holds the digest of the previous anchor, and thereby
    of all of them.
    """
    kind, _, place = target.partition(":")
    if kind == "folder":
        for path in sorted(Path(place).iterdir()):
            if path.name.startswith(ANCHOR) and path.name.endswith(".json"):
                yield AnchorCopy(path.name, path.read_bytes())
    if kind == "s3":
        bucket = Bucket.at(place)
        versions = bucket.versions()
        newest = max(versions, default="")
        for name in sorted(versions):
            first = versions[name][0]
            content = bucket.read(name, first) if first and name == newest else None
            yield AnchorCopy(name, content, changed=len(versions[name]) > 1)


def mail_weekly(place: str) -> None:
    """Mails the newest anchor to the auditor once a week: it holds the digest of the previous one, and so of all."""
    kept, now = anchors.files(), timezone.now()
    mark = settings.ANCHOR_FOLDER / f".mailed-to-{place}"
    if not kept or (mark.exists() and now - datetime.fromtimestamp(mark.stat().st_mtime, UTC) < MAIL_EVERY):
        return
    text = (
        "The newest anchor of the Blindread audit trail is attached. Please keep this message. To check the trail"
        " against it, ask the administrator of the server to run this command with the attached file:\n\n"
        f"    bin/manage verify_audit --from-anchor {kept[-1].name}\n"
    )
    mail = EmailMessage(f"Anchor of the audit trail, {now:%d %b %Y}", text, to=[place])
    mail.attach(kept[-1].name, kept[-1].read_text(encoding="utf-8"), "application/json")
    mail.send()
    mark.touch()


TARGETS: dict[str, Callable[[str], None]] = {
    "folder": copy_to_folder,
    "s3": copy_to_bucket,
    "mail": mail_weekly,
}
