"""Stores for files: durable folders, and static files under hashed names with module imports rewritten."""

from __future__ import annotations

import os
import uuid
from datetime import datetime
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# 1 January 1980, as in the packages of datasets.
ONE_TIME = 315_532_800


class DurableFolder(FileSystemStorage):
    """A folder in which files appear only complete: temporary name, fsync, rename, fsync of the folder.

    All files and folders have one modification time, so that none reveals which film a reader image was made from.
    """

    def _save(self, name: str, content: File[bytes]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{uuid.uuid4().hex}.part")
        try:
            with temporary.open("wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.utime(temporary, (ONE_TIME, ONE_TIME))
            temporary.rename(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        for above in [target.parent, *target.parent.parents]:
            if not above.is_relative_to(self.location):
                break
            os.utime(above, (ONE_TIME, ONE_TIME))
        return name

    def get_modified_time(self, name: str) -> datetime:
        """When the file was stored: the file system's own record, which is not copied with the folder."""
        return self.get_created_time(name)


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Static files under hashed names, ES module imports included, so that they may be cached without limit."""

    support_js_module_import_aggregation = True
