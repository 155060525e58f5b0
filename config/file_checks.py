"""Further checks of verify_audit: rows behind a sealed link, and with --files the stored files, in this order.

Each is a function that yields the faulty records; one for files yields every record after the given key.
"""

from __future__ import annotations

FILE_CHECKS: dict[str, str] = {
    "originals": "studies.arrival.stored_files.originals",
    "reader images": "studies.arrival.stored_files.bands",
    "paper charters": "reading.charter.papers.papers",
    "dataset packages": "scoring.datasets.stored_packages.packages",
    "transfer packages": "scoring.datasets.stored_packages.transfer_packages",
}
ROW_CHECKS = ("studies.sealed_links.altered_images",)
