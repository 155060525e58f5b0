"""Agreement between readers: one function per statistic, plain arrays in, frozen results out, numpy and scipy only."""

from __future__ import annotations
