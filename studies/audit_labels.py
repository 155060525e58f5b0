"""Values of films and deviations in the words of the audit trail."""

from __future__ import annotations

from audit.labels import label_hyphenated, label_values
from studies.models.deviation import DeviationCategory, DeviationEffect
from studies.models.film import SIDES

label_values("side", SIDES)
label_values("sides", SIDES)
label_values("studies.deviation.category", DeviationCategory.choices)
label_values("studies.deviation.effect", DeviationEffect.choices)
label_hyphenated(
    "studies.film.code",
    "studies.film.findings",
    "studies.film.acknowledged",
    "studies.transmittal.code",
)
