"""An S3 server for tests: moto, in a thread of the test process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.conf import settings as django_settings
from moto.backends import get_backend
from moto.server import ThreadedMotoServer

from config.stores import STORES, stores_of

ACCOUNT = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture
def object_store(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[str]:
    """The address of an S3 server without buckets, and an account for it."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    settings.S3_ENDPOINT_URL = f"http://{host}:{port}"
    yield settings.S3_ENDPOINT_URL
    server.stop()
    get_backend("s3").reset()


def make_bucket(name: str, *, locked: bool = False) -> Any:
    """A client of the server, which now has this bucket."""
    client = boto3.client("s3", endpoint_url=django_settings.S3_ENDPOINT_URL)
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
    return client


@pytest.fixture
def stores_in_buckets(object_store: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the server, in whose buckets the product keeps its files."""
    for name in set(STORES.values()):
        monkeypatch.setenv(f"S3_{name.upper()}", f"store-of-{name}")
        client = make_bucket(f"store-of-{name}")
    settings.STORAGES = settings.STORAGES | stores_of("s3", folder=Path("/nowhere"), endpoint=object_store)
    return client
