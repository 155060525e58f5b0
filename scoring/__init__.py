"""What the reads mean: consensus, agreement, datasets, exports, unsealing."""

from __future__ import annotations
