"""Files without a name: what identifies a person is gone with the last process that holds the file, however it ends."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


def in_memory() -> IO[bytes]:
    """A file that never touches a disk; on a system without such files, one on disk that no folder lists."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("film"), "w+b")
    return on_disk()


def on_disk(folder: str | Path | None = None) -> IO[bytes]:
    """A file on the disk of the work folder that no folder lists: for what may be large, or for many at once."""
    place = Path(folder or settings.WORK_FOLDER)
    place.mkdir(parents=True, exist_ok=True)
    return TemporaryFile(dir=place)


def path_of(file: IO[bytes]) -> Path:
    """Where this process can open the file once more, for libraries that want a path."""
    return Path(f"/proc/self/fd/{file.fileno()}")


class UnnamedUpload(FileUploadHandler):
    """Takes an upload that is too large for memory; Django's own handler gives it a name in the temporary folder."""

    file: IO[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Each file of the form has its own."""
        super().new_file(*args, **kwargs)
        self.file = on_disk(settings.FILE_UPLOAD_TEMP_DIR)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Writes the next bytes."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file, ready to be read from its start."""
        self.file.seek(0)
        about = (self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)
        return UploadedFile(self.file, *about)

    def upload_interrupted(self) -> None:
        """The sender broke off."""
        if hasattr(self, "file"):
            self.file.close()
