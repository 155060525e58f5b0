"""The documents of a package: codebook, scripts that read its tables, README and drafts of reviewer's guides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scoring.datasets.guides import write_guides
from scoring.datasets.package import write_codebook
from scoring.datasets.read_scripts import write_read_scripts
from scoring.datasets.readme import write_readme
from scoring.datasets.transfer_facts import CampaignTransfer


def write_documents(folder: Path, facts: dict[str, Any], shared: CampaignTransfer) -> None:
    """Every document, from the facts of the manifest."""
    write_codebook(folder, shared.facts)
    write_read_scripts(folder)
    write_readme(folder, facts)
    write_guides(folder, facts)
