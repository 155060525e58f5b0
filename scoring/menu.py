"""The pages of results in the menu."""

from __future__ import annotations

from accounts.navigation import declare_entry
from accounts.roles import Action

# Pages that their people reach from the page of the entry, at addresses that are not below it.
OF_ARMS = tuple(
    f"scoring:{name}" for name in ("arms_requests", "arms_request", "receive_arms", "by_arm", "by_arm_report")
)
OF_LOCKS = tuple(f"scoring:{name}" for name in ("datasets", "dataset", "decline", "agree"))

declare_entry("Agreement and datasets", "scoring:results", Action.SEE_AGREEMENT, group="Results", also=OF_ARMS)
declare_entry("Reader alarms", "scoring:alarms", Action.HANDLE_ALARMS, group="Reading")
declare_entry("EDC comparison", "scoring:edc", Action.RECONCILE_EDC, group="Films")
declare_entry("Score history", "scoring:scores", Action.SEE_SCORE_HISTORY, group="Results")
declare_entry("Locks to confirm", "scoring:locks", Action.CONFIRM_LOCK, group="Results", also=OF_LOCKS)
declare_entry("Sites by month", "scoring:site_months", Action.FOLLOW_TRIAL, group="Trial")
