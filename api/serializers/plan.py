"""The forms in which records are sent. A subject is identified only by the code that its site uses."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from studies.models import VisitKind


class TrialSerializer(serializers.Serializer[object]):
    """A trial."""

    code = serializers.CharField()
    title = serializers.CharField()
    sponsor = serializers.CharField(allow_blank=True)


class SiteSerializer(serializers.Serializer[object]):
    """A hospital that sends films."""

    code = serializers.CharField()
    name = serializers.CharField(allow_blank=True)


class PlannedVisitSerializer(serializers.Serializer[object]):
    """A visit of the protocol."""

    code = serializers.CharField()
    target_day = serializers.IntegerField(help_text="Days from baseline, which is day 0.")
    days_before = serializers.IntegerField(help_text="Days allowed before the target day.")
    days_after = serializers.IntegerField(help_text="Days allowed after the target day.")

    def get_fields(self) -> dict[str, Any]:
        """The framework has a “label” of its own, so this field is added here."""
        return {**super().get_fields(), "label": serializers.CharField()}


class SubjectSerializer(serializers.Serializer[object]):
    """A subject."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    site = serializers.CharField(source="site.code")


class VisitSerializer(serializers.Serializer[object]):
    """A visit of a subject."""

    id = serializers.IntegerField(source="pk")
    subject = serializers.CharField(source="subject.code")
    subject_id = serializers.IntegerField()
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=VisitKind.choices)
    not_done_reason = serializers.CharField(allow_blank=True, help_text="Empty for a visit that is expected.")
