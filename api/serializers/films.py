"""The forms in which films, deliveries, questions and completeness are sent, without file names and headers."""

from __future__ import annotations

from rest_framework import serializers

from studies.models import FilmStatus, QuestionStatus, VisitKind
from studies.models.film import CHANNELS, DATE_SOURCES, SIDES, VIEWS
from studies.plan.completeness import ViewStatus


class FilmSerializer(serializers.Serializer[object]):
    """A film as received."""

    id = serializers.IntegerField(source="pk")
    site = serializers.CharField(source="site.code")
    subject = serializers.CharField(source="subject.code", default=None, allow_null=True)
    visit = serializers.CharField(source="visit.code", default=None, allow_null=True)
    side = serializers.ChoiceField(choices=SIDES, allow_blank=True)
    view = serializers.ChoiceField(choices=VIEWS, allow_blank=True)
    status = serializers.ChoiceField(choices=FilmStatus.choices)
    status_reason = serializers.CharField(allow_blank=True)
    designated = serializers.BooleanField(help_text="Whether it is the film that is used for its view.")
    film_date = serializers.DateField(allow_null=True)
    film_date_source = serializers.ChoiceField(choices=DATE_SOURCES, allow_blank=True)
    replaces = serializers.IntegerField(source="replaces_id", allow_null=True)
    channel = serializers.ChoiceField(choices=CHANNELS)
    received_at = serializers.DateTimeField()


class DeliverySerializer(serializers.Serializer[object]):
    """A delivery of files by one sender."""

    id = serializers.IntegerField(source="pk")
    site = serializers.CharField(source="site.code")
    channel = serializers.ChoiceField(choices=CHANNELS)
    opened_at = serializers.DateTimeField()
    filed = serializers.IntegerField(help_text="Files that became a film.")
    duplicate = serializers.IntegerField(help_text="Files that had been received before.")
    refused = serializers.IntegerField()
    ignored = serializers.IntegerField()


class MessageSerializer(serializers.Serializer[object]):
    """One message of a question."""

    at = serializers.DateTimeField()
    text = serializers.CharField()


class QuestionSerializer(serializers.Serializer[object]):
    """A question to a site."""

    id = serializers.IntegerField(source="pk")
    site = serializers.CharField(source="site.code")
    subject = serializers.CharField(source="subject.code", default=None, allow_null=True)
    visit = serializers.CharField(source="visit.code", default=None, allow_null=True)
    film = serializers.IntegerField(source="film_id", allow_null=True)
    status = serializers.ChoiceField(choices=QuestionStatus.choices)
    due_on = serializers.DateField(allow_null=True)
    opened_at = serializers.DateTimeField()
    messages = MessageSerializer(many=True)


class ViewStateSerializer(serializers.Serializer[object]):
    """One of the four views of a visit."""

    side = serializers.ChoiceField(choices=[("L", "Left"), ("R", "Right")])
    view = serializers.ChoiceField(choices=VIEWS)
    status = serializers.ChoiceField(choices=ViewStatus.choices)


class VisitStateSerializer(serializers.Serializer[object]):
    """How complete a visit is."""

    visit_id = serializers.IntegerField(source="visit.pk")
    code = serializers.CharField(source="visit.code")
    kind = serializers.ChoiceField(source="visit.kind", choices=VisitKind.choices)
    complete = serializers.BooleanField(help_text="Every view is accepted, recorded as not available, or not expected.")
    views = ViewStateSerializer(many=True)
    window = serializers.ListField(
        child=serializers.DateField(allow_null=True),
        help_text="First and last day of the visit window; null if unknown.",
    )
    days = serializers.ListField(child=serializers.DateField(), help_text="The days on which films were taken.")
    days_outside_window = serializers.IntegerField(help_text="Negative if the films were taken too early.")
    deviations = serializers.ListField(child=serializers.CharField())


class CompletenessSerializer(serializers.Serializer[object]):
    """A subject with the states of its visits."""

    subject = serializers.CharField(source="subject.code")
    site = serializers.CharField(source="subject.site.code")
    visits = VisitStateSerializer(many=True)
