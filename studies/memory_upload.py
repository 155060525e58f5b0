"""Takes an uploaded file in memory only: what must never be on a disk of the server never is."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest


class MemoryOnly(FileUploadHandler):
    """Keeps at most `largest` bytes and one more, so that a larger file shows as too large; the rest is dropped."""

    def __init__(self, request: HttpRequest, largest: int) -> None:
        super().__init__(request)
        self.largest, self.kept = largest, io.BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Each file begins empty."""
        super().new_file(*args, **kwargs)
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Handing nothing on keeps any other handler from seeing the bytes."""
        self.kept.write(raw_data[: max(self.largest + 1 - self.kept.tell(), 0)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """What was kept, with the size that was sent."""
        self.kept.seek(0)
        return InMemoryUploadedFile(self.kept, self.field_name, self.file_name, self.content_type, file_size, None)
