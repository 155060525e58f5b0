"""The terms of a charter in the audit trail: under the names and with the choices of their form."""

from __future__ import annotations

from django import forms

import instruments
from audit.labels import label_fields, label_values
from instruments.missing import RULES
from reading.forms.charter import CharterForm
from reading.forms.charter_words import LABELS

KIND = "reading.charter"
LABEL_OF = {name: LABELS.get(name) or field.label for name, field in CharterForm.base_fields.items()}

label_fields(KIND, {name: str(label) for name, label in LABEL_OF.items() if label})
for name, field in CharterForm.base_fields.items():
    if isinstance(field, forms.ChoiceField):
        label_values(f"{KIND}.{name}", field.choices)  # type: ignore[arg-type]
label_values(f"{KIND}.missing_rule", {name: f"{name}: {rule.says}" for name, rule in RULES.items()})
label_values("instrument", {key: instruments.get(key).title for key in instruments.KEYS}, names=True)
