"""Where files are stored before their row is written: store, folder, and what returns the names that have a row.

A folder that ends in "/*" holds one folder for each record. The sweeper deletes files that have no row.
"""

from __future__ import annotations

STORED_FOLDERS: dict[tuple[str, str], str] = {
    ("quarantine", "originals"): "studies.arrival.leftovers.originals",
    ("reading", "blind"): "studies.arrival.leftovers.blind_objects",
    ("reading", "desk"): "studies.arrival.leftovers.desk_pictures",
    ("reading", "images"): "studies.arrival.leftovers.reader_images",
    ("exports", "charters"): "reading.charter.papers.with_a_row",
    ("exports", "datasets/*"): "scoring.datasets.stored_packages.datasets_with_a_row",
    ("exports", "transfers/*"): "scoring.datasets.stored_packages.transfers_with_a_row",
    ("exports", "arms"): "scoring.arms.reports.with_a_row",
}
