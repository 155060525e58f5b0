"""The page of access tokens in the menu."""

from __future__ import annotations

from accounts.navigation import declare_entry
from accounts.roles import Action

declare_entry("Access tokens", "api:tokens", Action.USE_TOKENS, group="Trial")
