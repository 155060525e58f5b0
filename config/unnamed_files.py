"""Unnamed files: identifying data disappear with the last process that has the file open, even if it is killed."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


def in_memory() -> IO[bytes]:
    """A file in memory; on a system without such files, a file on disk that is not in any folder."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("film"), "w+b")
    return on_disk()


def on_disk(folder: str | Path | None = None) -> IO[bytes]:
    """A file on the disk of the work folder that is not in any folder: for large content, or many files at once."""
    place = Path(folder or settings.WORK_FOLDER)
    place.mkdir(parents=True, exist_ok=True)
    return TemporaryFile(dir=place)


def path_of(file: IO[bytes]) -> Path:
    """The path at which this process can open the file again, for libraries that need a path."""
    return Path(f"/proc/self/fd/{file.fileno()}")


class UnnamedUpload(FileUploadHandler):
    """Receives an upload too large for memory; Django's own handler would create a named temporary file."""

    file: IO[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Each file of the form has its own unnamed file."""
        super().new_file(*args, **kwargs)
        self.file = on_disk(settings.FILE_UPLOAD_TEMP_DIR)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Writes the next bytes."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """The file, ready to be read from its start."""
        self.file.seek(0)
        about = (self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)
        return UploadedFile(self.file, *about)

    def upload_interrupted(self) -> None:
        """The sender cancelled the upload."""
        if hasattr(self, "file"):
            self.file.close()
