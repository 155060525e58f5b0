"""The sweeper's regular tasks: a function without arguments, and its interval in seconds."""

from __future__ import annotations

CHORES: dict[str, int] = {
    "jobs.sweeping.hint_again": 2,
    "jobs.sweeping.alive": 10,
    "jobs.sweeping.probe": 20,
    "jobs.work_folders.clear_left_behind": 60,
    "jobs.verifying.ask_daily": 3600,
    "jobs.backups.ask_daily": 3600,
    "audit.anchors.write": 600,
    "audit.anchor_targets.copy_anchors": 600,
    "scoring.arms.requests.expire_all": 600,
    "accounts.cleanup.forget_expired": 3600,
    "jobs.presence.forget_gone": 3600,
    "studies.arrival.pieces.forget_stale": 3600,
    "studies.arrival.leftovers.clear": 86_400,
    "reading.campaigns.reminders.remind_all": 86_400,
    "scoring.monitoring.alarms.ask_daily": 3600,
}
