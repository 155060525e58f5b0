"""Values of alarms, of decisions on findings and of result rules in the words of the audit trail."""

from __future__ import annotations

from audit.labels import label_values
from reading.charter.terms import RESULT_RULES
from scoring.models.alarm import AlarmAction
from scoring.models.transfer import Decided

label_values("scoring.alarm.action", AlarmAction.choices)
label_values("reading.case.rule", RESULT_RULES)
label_values("scoring.datatransfer.decision", Decided.choices)
