"""Values of alarms in the words of the audit trail."""

from __future__ import annotations

from audit.labels import label_values
from scoring.models.alarm import AlarmAction

label_values("scoring.alarm.action", AlarmAction.choices)
