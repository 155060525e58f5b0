"""The pages of results in the menu."""

from __future__ import annotations

from accounts.navigation import declare_entry
from accounts.roles import Action

declare_entry("Agreement and datasets", "scoring:results", Action.SEE_AGREEMENT, group="Results")
declare_entry("Alarms about readers", "scoring:alarms", Action.HANDLE_ALARMS, group="Reading")
declare_entry("Score history", "scoring:scores", Action.SEE_SCORE_HISTORY, group="Results")
declare_entry("Locks to confirm", "scoring:locks", Action.CONFIRM_LOCK, group="Results")
declare_entry("Sites by month", "scoring:site_months", Action.FOLLOW_TRIAL, group="Trial")
