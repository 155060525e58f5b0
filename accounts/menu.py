"""What an administrator finds in the menu of every page."""

from __future__ import annotations

from accounts.navigation import declare_entry
from accounts.roles import Action

declare_entry("Accounts", "accounts", Action.MANAGE_ACCOUNTS, group="House", of_trial=False)
declare_entry("Health", "health", Action.SEE_HEALTH, group="House", of_trial=False)
