"""The forms in which campaigns, datasets, locks, transfers and events are sent. None of them holds a score."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from reading.models import CampaignStatus
from scoring.models import DatasetStatus, Purpose, TransferStatus


class CampaignSerializer(serializers.Serializer[object]):
    """A campaign."""

    code = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=CampaignStatus.choices)
    charter_version = serializers.IntegerField(source="charter.version")
    training = serializers.BooleanField(
        source="trains", help_text="Whether it is a training campaign, whose reads do not count."
    )
    film_cut_off = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class ProgressSerializer(serializers.Serializer[object]):
    """The progress of a campaign: counts of cases and reads."""

    campaign = CampaignSerializer()
    cases = serializers.IntegerField()
    finished = serializers.IntegerField(help_text="Cases that have been read and, where necessary, adjudicated.")
    in_adjudication = serializers.IntegerField()
    unassigned = serializers.IntegerField()
    reads = serializers.IntegerField()
    signed = serializers.IntegerField()
    overdue = serializers.IntegerField()
    forecast = serializers.DateField(
        allow_null=True, help_text="When all reads will be signed, at the pace of the last seven days."
    )


class DatasetSerializer(serializers.Serializer[object]):
    """A dataset built from the signed values of a campaign."""

    id = serializers.IntegerField(source="pk")
    campaign = serializers.CharField(source="campaign.code")
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=DatasetStatus.choices)
    built_at = serializers.DateTimeField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """The framework has a “root” of its own, so this field is added here."""
        return {
            **super().get_fields(),
            "root": serializers.CharField(
                allow_blank=True, help_text="The SHA-256 of the manifest; give it to verify_dataset as --root."
            ),
        }


class LockSerializer(serializers.Serializer[object]):
    """The lock of a dataset by two people."""

    campaign = serializers.CharField(source="campaign.code")
    number = serializers.IntegerField()
    dataset = serializers.IntegerField(source="dataset_id", help_text="The id of the dataset.")
    state = serializers.ChoiceField(choices=["in force", "superseded", "correction"])
    locked_at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, Any]:
        """The framework has a “root” of its own, so this field is added here."""
        return {**super().get_fields(), "root": serializers.CharField()}


class TransferSerializer(serializers.Serializer[object]):
    """A package for one recipient."""

    campaign = serializers.CharField(source="campaign.code")
    number = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    status = serializers.ChoiceField(choices=TransferStatus.choices)
    recipient = serializers.CharField()
    lock = serializers.IntegerField(
        source="lock.number", allow_null=True, help_text="The number of the lock whose package it is, if any."
    )
    asked_at = serializers.DateTimeField()
    built_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField(
        source="receipt.received_at", allow_null=True, help_text="When its recipient signed the receipt."
    )

    def get_fields(self) -> dict[str, Any]:
        """The framework has a “root” of its own, so this field is added here."""
        return {**super().get_fields(), "root": serializers.CharField(allow_blank=True)}


class EventActorSerializer(serializers.Serializer[object]):
    """Who acted."""

    id = serializers.IntegerField(allow_null=True)
    role = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """The framework has a “label” of its own, so this field is added here."""
        return {**super().get_fields(), "label": serializers.CharField(allow_blank=True)}


class EventSerializer(serializers.Serializer[object]):
    """An event of the audit trail, without what is hidden from auditors."""

    stream = serializers.CharField(help_text="The chain to which the event belongs.")
    seq = serializers.IntegerField()
    at = serializers.CharField()
    action = serializers.CharField()
    sentence = serializers.CharField()
    actor = EventActorSerializer()
    subject = serializers.ListField(
        child=serializers.CharField(allow_blank=True), help_text="The kind of the record and its key."
    )
    changes = serializers.DictField()
    reason = serializers.CharField(allow_blank=True)
    details = serializers.DictField()
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    hidden = serializers.ListField(child=serializers.CharField(), help_text="The parts of the event that are hidden.")
    prev = serializers.CharField(allow_blank=True)
    hash = serializers.CharField()
    mac = serializers.CharField()
    mac_key = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        """The framework has a “label” of its own, so this field is added here."""
        return {**super().get_fields(), "label": serializers.CharField()}
