"""Planning by table: CSV files of sites, planned visits, subjects and visits outside the plan."""

from __future__ import annotations
