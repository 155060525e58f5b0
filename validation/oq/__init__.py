"""Operational qualification: each requirement tried over HTTP in one small trial of a private installation."""
