"""Monitoring of readers during a campaign: pure charts, and their data. The order in time is not used."""
