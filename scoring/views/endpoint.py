"""The results of a dataset over all arms, for the statistician: tables and figures, each also as a file."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.roles import Action
from config.cells import EXCEL_MARK
from config.errors import WrongState
from reading.campaigns.analysis_of_record import timing_of
from reading.charter.versions import terms_of
from scoring.datasets.building import said_of_dataset
from scoring.endpoint.by_arm.blocks import Figure, csv_of
from scoring.endpoint.by_arm.png import as_png
from scoring.endpoint.by_arm.svg import WIDTH, drawn, height_of
from scoring.endpoint.by_arm.tables import LABELS_OF_PARAMS
from scoring.endpoint.event_lists import kinds_left_out
from scoring.endpoint.pooled.results import PooledResults
from scoring.endpoint.pooled.stored import results_in, scores_of
from scoring.models import Dataset
from scoring.views.agreement_choice import one_of
from scoring.views.datasets import dataset_of
from studies.access import trial_or_404


def dataset_with_results(request: HttpRequest, code: str, slug: str, number: int) -> Dataset:
    """A dataset whose files are stored, for a person who may download it."""
    trial, _ = trial_or_404(request, code, Action.DOWNLOAD_DATASET)
    shown = dataset_of(trial, slug, number)
    if not shown.folder:
        raise WrongState(f"{said_of_dataset(shown)} It has no results to show.")
    return shown


def results(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponse:
    """The disposition of cases, and everything about one score: by default the total."""
    dataset = dataset_with_results(request, code, slug, number)
    scores = scores_of(dataset)
    chosen = one_of(request.GET.get("score", scores[0]), scores, "score") if scores else ""
    found = results_in(dataset, chosen)
    context = {
        "trial": dataset.campaign.trial,
        "campaign": dataset.campaign,
        "dataset": dataset,
        "timing": timing_of(dataset.campaign),
        "left_out": kinds_left_out(terms_of(dataset.campaign.charter)),
        "scores": [(score, LABELS_OF_PARAMS[score]) for score in scores],
        "chosen": chosen,
        "disposition": found.disposition,
        "section": found.section,
        "figures": [(one, WIDTH, height_of(one.drawing)) for one in found.figures],
    }
    return render(request, "scoring/endpoint/results.html", context)


def results_with(dataset: Dataset, name: str) -> PooledResults:
    """The results with the table or figure of this name, which begins with its score."""
    scores = scores_of(dataset)
    score = name.partition("_")[0]
    return results_in(dataset, score if score in scores else next(iter(scores), ""))


def table(request: HttpRequest, code: str, slug: str, number: int, name: str) -> HttpResponse:
    """A table, or the data of a figure, unrounded."""
    dataset = dataset_with_results(request, code, slug, number)
    found = results_with(dataset, name).table(name)
    if found is None:
        raise Http404
    return file_of(dataset, EXCEL_MARK + csv_of(found), name, "csv", "text/csv; charset=utf-8")


def drawing(request: HttpRequest, code: str, slug: str, number: int, name: str) -> HttpResponse:
    """A figure as SVG on a white ground."""
    dataset, found = figure_of(request, code, slug, number, name)
    return file_of(dataset, drawn(found.drawing, on_white=True), name, "svg", "image/svg+xml")


def picture(request: HttpRequest, code: str, slug: str, number: int, name: str) -> HttpResponse:
    """A figure as PNG."""
    dataset, found = figure_of(request, code, slug, number, name)
    return file_of(dataset, as_png(found.drawing), name, "png", "image/png")


def figure_of(request: HttpRequest, code: str, slug: str, number: int, name: str) -> tuple[Dataset, Figure]:
    """A figure of a dataset."""
    dataset = dataset_with_results(request, code, slug, number)
    found = results_with(dataset, name).figure(name)
    if found is None:
        raise Http404
    return dataset, found


def file_of(dataset: Dataset, content: str | bytes, name: str, ending: str, kind: str) -> HttpResponse:
    """A file named after trial, campaign, dataset and table."""
    campaign = dataset.campaign
    full = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{campaign.trial.code}-{campaign.code}-{dataset.number}-{name}")
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{full}.{ending}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
