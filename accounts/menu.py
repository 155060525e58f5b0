"""The administrator's entries in the menu of every page."""

from __future__ import annotations

from accounts.navigation import declare_entry
from accounts.roles import Action

declare_entry("Accounts", "accounts", Action.MANAGE_ACCOUNTS, group="Administration", of_trial=False)
declare_entry("Health", "health", Action.SEE_HEALTH, group="Administration", of_trial=False)
