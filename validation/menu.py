"""The page of validation in the menu."""

from __future__ import annotations

from accounts.navigation import declare_entry
from accounts.roles import Action

declare_entry("Validation", "validation:documents", Action.SEE_VALIDATION, group="Trial")
