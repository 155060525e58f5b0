"""Tracked tables, whose changes the audit trail records."""

from __future__ import annotations

from audit.tracking import track

track(
    "api_accesstoken",
    "membership_id label scopes digest made_by_id made_at expires_on collected_at revoked_at",
    besides="last_used_on",
)
