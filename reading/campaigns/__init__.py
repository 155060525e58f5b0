"""Campaigns: opened, followed, closed."""
