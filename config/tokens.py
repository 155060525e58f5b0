"""Random names for addresses, files and the rows of a dataset."""

from __future__ import annotations

import secrets
import string


def new_token() -> str:
    """32 characters, 191 random bits: reveals nothing about its record, and no spreadsheet treats it as a formula.

    A leading "-" would get an apostrophe in every table, and the same read would then have two names.
    """
    return secrets.choice(string.ascii_letters) + secrets.token_urlsafe(24)[1:]
