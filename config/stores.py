"""Where files are kept: a folder or an S3 bucket for each store, so that rights can differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.env import env_str

# The alias in Django's STORAGES, and the name of the folder or of the setting with the bucket.
STORES = {"default": "exports", "quarantine": "quarantine", "reading": "reading", "exports": "exports"}


def stores_of(kind: str, *, folder: Path, endpoint: str) -> dict[str, dict[str, Any]]:
    """The stores of files for Django's STORAGES."""
    return {alias: bucket(name, endpoint) if kind == "s3" else within(folder, name) for alias, name in STORES.items()}


def bucket(name: str, endpoint: str) -> dict[str, Any]:
    """The bucket of a store, named by S3_QUARANTINE and the like; credentials as for the AWS tools."""
    place = {"bucket_name": env_str(f"S3_{name.upper()}"), "endpoint_url": endpoint or None}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": place | {"file_overwrite": False}}


def within(folder: Path, name: str) -> dict[str, Any]:
    """The folder of a store."""
    return {"BACKEND": "config.storage.DurableFolder", "OPTIONS": {"location": str(folder / name)}}
