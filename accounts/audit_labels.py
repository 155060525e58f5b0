"""Fields and values of accounts in the words of the audit trail."""

from __future__ import annotations

from accounts.roles import ROLE_NAMES
from audit.labels import label_fields, label_values

label_values("role", ROLE_NAMES)
label_values("ended", ROLE_NAMES)
label_values("accounts.user.method", {"password": "a password"})
label_fields("accounts.user", {"in_a_row": "wrong passwords in a row", "wrong": "what was wrong"})
