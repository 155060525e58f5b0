"""Random names for addresses, files and the rows of a dataset."""

from __future__ import annotations

import secrets
import string


def new_token() -> str:
    """32 characters, 191 random bits: says nothing about what it names, and no spreadsheet takes it for a formula.

    A first "-" would get an apostrophe in every table, and the same read then had two names.
    """
    return secrets.choice(string.ascii_letters) + secrets.token_urlsafe(24)[1:]
