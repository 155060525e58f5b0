"""What verify_audit --files checks, in this order: a function that yields each record after the one with this key."""

from __future__ import annotations

FILE_CHECKS: dict[str, str] = {
    "originals": "studies.arrival.stored_files.originals",
    "reader images": "studies.arrival.stored_files.bands",
    "dataset packages": "scoring.datasets.stored_packages.packages",
}
