"""Copies each new anchor to the places of ANCHOR_TARGETS: folder:PATH, s3:BUCKET/PREFIX or mail:ADDRESS.

A copy outside the host is what a person who controls the host cannot change. A bucket keeps each copy under its object
lock for ten years.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from audit import anchors

KEPT = timedelta(days=3653)
MAIL_EVERY = timedelta(days=7)


class NotCopied(Exception):
    """A target did not take the anchors; the text names it."""


def copy_anchors() -> None:
    """Copies what each target lacks. A target that fails does not keep the others from theirs."""
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
    """The targets that did not take the anchors at the last attempt, with the type of the error."""
    last: dict[str, str] = json.loads(result().read_text(encoding="utf-8")) if result().exists() else {}
    return {target: error for target, error in last.items() if target in settings.ANCHOR_TARGETS}


def copy_to_folder(place: str) -> None:
    """Into a folder that must be there: one that is not mounted is a failure, not an empty folder."""
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


def copy_to_bucket(place: str) -> None:
    """Into a bucket with object lock: nobody, the owner of the account included, can delete a copy before its time."""
    bucket, _, prefix = place.partition("/")
    start = f"{prefix.rstrip('/')}/" if prefix else ""
    client = boto3.client("s3", endpoint_url=settings.S3_ENDPOINT_URL or None)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{start}anchor-")
    there = {one["Key"] for page in pages for one in page.get("Contents", ())}
    for path in anchors.files():
        if f"{start}{path.name}" not in there:
            client.put_object(
                Bucket=bucket,
                Key=f"{start}{path.name}",
                Body=path.read_bytes(),
                ChecksumAlgorithm="SHA256",
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=timezone.now() + KEPT,
            )


def mail_weekly(place: str) -> None:
    """The newest anchor to the auditor, once a week: it holds the digest of the one before, and so of all of them."""
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
