"""Takes an uploaded file in memory only: what must never be on a disk of the server never is."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

View = Callable[..., HttpResponse]


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


def taken_in_memory(largest: int) -> Callable[[View], View]:
    """A view whose files are taken in memory: the handler is set before anything reads the body, the CSRF check too."""

    def decorate(view: View) -> View:
        protected = sensitive_post_parameters()(csrf_protect(view))

        @csrf_exempt
        @wraps(view)
        def taking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.upload_handlers = [MemoryOnly(request, largest)]
            return protected(request, *args, **kwargs)

        return taking

    return decorate
