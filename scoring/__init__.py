"""Results of the reads: consensus, agreement, datasets, exports, opening of arms."""

from __future__ import annotations
