"""Operational qualification: each requirement tested over HTTP in one small trial of a private installation."""
