"""Campaigns in progress, datasets, locks, transfers and the audit trail. A dataset is sent only once it is locked."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.operations import ApiOperation
from api.query_filters import one_of
from api.serializers.results import (
    CampaignSerializer,
    DatasetSerializer,
    EventSerializer,
    LockSerializer,
    ProgressSerializer,
    TransferSerializer,
)
from audit.models import Event
from audit.redaction import shown
from config.errors import WrongState
from reading.campaigns.progress import counts_of
from reading.models import Campaign
from scoring.datasets.building import record_download, said_of_dataset
from scoring.models import Dataset, DatasetStatus, DataTransfer, Lock
from studies.arrival.sealed_files import export_pieces, export_size

CAMPAIGNS, DATASETS, AUDIT = "campaigns:read", "datasets:read", "audit:read"
OF_CAMPAIGN = ("campaign", "The code of a campaign.")
OF_ACTION = ("action", "The name of an action, such as studies.film.accepted.")


class CampaignsView(ApiView):
    """The campaigns of a trial."""

    operations = {"get": ApiOperation("list_campaigns", CAMPAIGNS, CampaignSerializer, paged=True)}

    def get(self, request: Request, code: str) -> Response:
        """Every campaign, including drafts and training campaigns."""
        return self.page(campaigns_of(self))


class OneCampaignView(ApiView):
    """One campaign with its progress."""

    operations = {"get": ApiOperation("read_campaign", CAMPAIGNS, ProgressSerializer)}

    def get(self, request: Request, code: str, slug: str) -> Response:
        """A campaign by its code, with counts of its cases and reads."""
        found = get_object_or_404(campaigns_of(self), code=slug)
        counts = vars(counts_of(found, timezone.localdate()))
        return Response(ProgressSerializer({"campaign": found, **counts}).data)


class DatasetsView(ApiView):
    """The datasets of a trial."""

    operations = {
        "get": ApiOperation("list_datasets", DATASETS, DatasetSerializer, paged=True, filters=(OF_CAMPAIGN,)),
    }

    def get(self, request: Request, code: str) -> Response:
        """Every dataset with its status and root; only a locked one can be downloaded."""
        return self.page(one_of(request, datasets_of(self), campaign="campaign__code"))


class DatasetFileView(ApiView):
    """The package of a dataset."""

    operations = {"get": ApiOperation("download_dataset", DATASETS, media_type="application/zip")}

    def get(self, request: Request, code: str, pk: int) -> StreamingHttpResponse:
        """The package of a locked dataset. Its bytes never change; each download is recorded in the audit trail."""
        found = get_object_or_404(datasets_of(self), pk=pk)
        if found.status != DatasetStatus.LOCKED:
            raise WrongState(f"{said_of_dataset(found)} A program can download a dataset only once it is locked.")
        record_download(dataset=found, actor=self.actor)
        name = f"{code}-{found.campaign.code}-{found.number}.zip"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(export_size(found.folder)),
        }
        return StreamingHttpResponse(export_pieces(found.folder), content_type="application/zip", headers=headers)


class LocksView(ApiView):
    """The locks of a trial."""

    operations = {"get": ApiOperation("list_locks", DATASETS, LockSerializer, paged=True, filters=(OF_CAMPAIGN,))}

    def get(self, request: Request, code: str) -> Response:
        """Every lock, including superseded locks, which were unlocked."""
        rows = Lock.objects.filter(campaign__trial=self.trial).select_related("campaign", "unlock")
        return self.page(one_of(request, rows, campaign="campaign__code"))


class TransfersView(ApiView):
    """The transfers of a trial."""

    operations = {
        "get": ApiOperation("list_transfers", DATASETS, TransferSerializer, paged=True, filters=(OF_CAMPAIGN,)),
    }

    def get(self, request: Request, code: str) -> Response:
        """Every transfer with its root and the time of its signed receipt; packages are for their recipients alone."""
        rows = DataTransfer.objects.filter(campaign__trial=self.trial)
        rows = rows.select_related("campaign", "recipient", "lock", "receipt")
        return self.page(one_of(request, rows, campaign="campaign__code"))


class EventsView(ApiView):
    """The audit trail of a trial."""

    operations = {"get": ApiOperation("list_audit_events", AUDIT, EventSerializer, paged=True, filters=(OF_ACTION,))}

    def get(self, request: Request, code: str) -> Response:
        """Every event of the trial's chains, oldest first, without what is hidden from auditors."""
        rows = one_of(request, Event.objects.of_home(self.trial.code), action="action")
        role = self.actor.role

        def as_sent(event: Event) -> dict[str, Any]:
            found = shown(event, role).as_dict()
            return found | {"mac_key": found["mac key"]}

        return self.page(rows, shown=as_sent)


def campaigns_of(view: ApiView) -> QuerySet[Campaign]:
    """The campaigns of the token's trial."""
    return Campaign.objects.filter(trial=view.trial).select_related("charter", "training", "trial")


def datasets_of(view: ApiView) -> QuerySet[Dataset]:
    """The datasets of the token's trial."""
    return Dataset.objects.filter(campaign__trial=view.trial).select_related("campaign__trial")
