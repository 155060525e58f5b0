"""Requesting and opening the arms of a locked campaign."""
