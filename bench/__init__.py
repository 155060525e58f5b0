"""Benchmarks, each a module that prints a table and one line of JSON."""

from __future__ import annotations
