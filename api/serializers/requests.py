"""The forms of what programs send. Their fields are named as on the pages, so that a refusal names the same field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from studies.plan.absences import FILMS
from studies.plan.visits import OUTSIDE_THE_PLAN

REASON = "Recorded in the audit trail."


class NewSiteSerializer(serializers.Serializer[object]):
    """A hospital that will send films."""

    site = serializers.CharField(max_length=32, help_text="The code of the site.")
    name = serializers.CharField(max_length=200, required=False)


class NewPlannedVisitSerializer(serializers.Serializer[object]):
    """A visit of the protocol. Subjects who are already enrolled get this visit too."""

    visit = serializers.CharField(max_length=32, help_text="The code of the visit.")
    target_day = serializers.IntegerField(
        min_value=-365, max_value=7305, help_text="Days from baseline, which is day 0."
    )
    days_before = serializers.IntegerField(min_value=0, max_value=365, required=False)
    days_after = serializers.IntegerField(min_value=0, max_value=365, required=False)

    def get_fields(self) -> dict[str, Any]:
        """The framework has a “label” of its own, so this field is added here."""
        return {**super().get_fields(), "label": serializers.CharField(max_length=80)}


class NewSubjectSerializer(serializers.Serializer[object]):
    """A subject to be enrolled with the planned visits."""

    site = serializers.CharField(max_length=32, help_text="The code of the subject's site.")
    subject = serializers.CharField(max_length=64, help_text="The code of the subject.")


class NewVisitSerializer(serializers.Serializer[object]):
    """A visit outside the plan."""

    subject = serializers.CharField(max_length=64, help_text="The code of the subject.")
    visit = serializers.CharField(max_length=32, help_text="The code of the visit, such as UNS-1.")
    kind_of_visit = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in OUTSIDE_THE_PLAN])


class ReasonSerializer(serializers.Serializer[object]):
    """Why something is done."""

    reason = serializers.CharField(max_length=200, help_text=REASON)


class NewAbsentFilmSerializer(serializers.Serializer[object]):
    """A film that is not available."""

    film = serializers.ChoiceField(choices=FILMS, help_text="Side and view.")
    reason = serializers.CharField(max_length=200, help_text=REASON)


class AbsentFilmSerializer(serializers.Serializer[object]):
    """A film recorded as not available; expected again once it is withdrawn."""

    id = serializers.IntegerField(source="pk")
    visit_id = serializers.IntegerField()
    side = serializers.ChoiceField(choices=[("L", "Left"), ("R", "Right")])
    view = serializers.ChoiceField(choices=[("hand", "Hand PA"), ("foot", "Foot dorsoplantar")])
    reason = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
