"""Keeps an uploaded file in memory only, so that it is never written to a disk of the server."""

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
    """Keeps at most `largest` bytes and one more, so that a larger file is recognised; the rest is dropped."""

    def __init__(self, request: HttpRequest, largest: int) -> None:
        super().__init__(request)
        self.largest, self.kept = largest, io.BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Starts each file empty."""
        super().new_file(*args, **kwargs)
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Returns nothing, so that no other handler receives the bytes."""
        self.kept.write(raw_data[: max(self.largest + 1 - self.kept.tell(), 0)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The kept content, with the size that was sent."""
        self.kept.seek(0)
        return InMemoryUploadedFile(self.kept, self.field_name, self.file_name, self.content_type, file_size, None)


def taken_in_memory(largest: int) -> Callable[[View], View]:
    """A view that keeps uploads in memory: the handler is set before anything, even the CSRF check, reads the body."""

    def decorate(view: View) -> View:
        protected = sensitive_post_parameters()(csrf_protect(view))

        @csrf_exempt
        @wraps(view)
        def taking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.upload_handlers = [MemoryOnly(request, largest)]
            return protected(request, *args, **kwargs)

        return taking

    return decorate
