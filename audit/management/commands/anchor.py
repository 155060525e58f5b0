"""manage.py anchor: writes the signed heads of all chains to a file outside the database."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management.base import BaseCommand

from audit.anchors import public_key, write


class Command(BaseCommand):
    help = "Write an anchor: a file with the signed ends of the audit trail's chains. Keep a copy of it elsewhere."

    def handle(self, *args: Any, **options: Any) -> None:
        path = write()
        key = public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        self.stdout.write(f"{path or 'no chain has grown since the last anchor'}\npublic key {key}")
