"""Monitoring of readers during a campaign: pure charts, and what they are computed from. No order of time is used."""
