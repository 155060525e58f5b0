"""Regulated tables, whose rows are never changed, and tracked tables, whose changes the audit trail records."""

from __future__ import annotations

from audit.protection import protect
from audit.tracking import track

protect("accounts_signature")
track(
    "accounts_user",
    "password email name is_active is_administrator created_at",
    besides="last_login session_generation wrong_signature_passwords invited_at",
)
track("accounts_signonidentity", "user_id issuer subject linked_at")
track(
    "mfa_authenticator", "user_id type data__secret data__seed data__used_mask created_at", besides="data last_used_at"
)
