"""Addresses of readers (by token alone) and of those who run campaigns (by trial)."""

from __future__ import annotations

from django.urls import path

from reading.border import behind
from reading.views import (
    affiliations,
    campaigns,
    charters,
    consent,
    guide,
    leak,
    moving,
    progress,
    qualifying,
    reads,
    review,
    screen,
    signed,
    suspensions,
    training,
    worklist,
)

app_name = "reading"
coordinator = [
    path("trials/<slug:code>/charter/", charters.charters, name="charters"),
    path("trials/<slug:code>/charter/write/", charters.write, name="write-charter"),
    path("trials/<slug:code>/charter/<int:version>/", charters.charter, name="charter"),
    path("trials/<slug:code>/charter/<int:version>.pdf", charters.pdf, name="charter-pdf"),
    path("trials/<slug:code>/qualifications/", qualifying.qualifications, name="qualifications"),
    path("trials/<slug:code>/qualifications/<int:pk>/withdraw/", qualifying.disqualify, name="disqualify"),
    path("trials/<slug:code>/qualifications/training/<int:pk>/", qualifying.qualify, name="qualify"),
    path("trials/<slug:code>/suspensions/", suspensions.suspensions, name="suspensions"),
    path("trials/<slug:code>/suspensions/<int:pk>/lift/", suspensions.lift, name="lift-suspension"),
    path("trials/<slug:code>/consent/", consent.withdrawals, name="consent"),
    path("trials/<slug:code>/consent/<int:pk>/correct/", consent.correct, name="correct-consent"),
    path("trials/<slug:code>/consent/<int:pk>/instruction/", consent.instruct, name="instruct-consent"),
    path("trials/<slug:code>/affiliations/", affiliations.affiliations, name="affiliations"),
    path("trials/<slug:code>/affiliations/<int:pk>/end/", affiliations.end, name="end-affiliation"),
    path("trials/<slug:code>/films/<int:pk>/move/", moving.move_film, name="move-film"),
    path("trials/<slug:code>/films/<int:pk>/designate/", moving.designate_film, name="designate-film"),
    path("trials/<slug:code>/progress/", progress.progress, name="progress"),
    path("trials/<slug:code>/campaigns/", campaigns.campaigns, name="campaigns"),
    path("trials/<slug:code>/campaigns/<slug:slug>/", campaigns.campaign, name="campaign"),
    path("trials/<slug:code>/campaigns/<slug:slug>/leak-scan/", leak.leak_scan, name="leak-scan"),
    path("trials/<slug:code>/campaigns/<slug:slug>/leak-scan/run/", leak.run, name="run-leak-scan"),
    path("trials/<slug:code>/campaigns/<slug:slug>/leak-scan.svg", leak.figure, name="leak-figure"),
    path("trials/<slug:code>/training/", training.references, name="references"),
    path("trials/<slug:code>/campaigns/<slug:slug>/training/", training.training, name="training"),
    path("trials/<slug:code>/campaigns/<slug:slug>/training/begin/", training.begin, name="begin-training"),
    path("trials/<slug:code>/campaigns/<slug:slug>/reference/", training.reference, name="reference"),
    path("trials/<slug:code>/campaigns/<slug:slug>/stopped/<int:pk>/", campaigns.resume, name="resume"),
    path("trials/<slug:code>/campaigns/<slug:slug>/close/", campaigns.close, name="close"),
    path("trials/<slug:code>/campaigns/<slug:slug>/reopen/", campaigns.reopen, name="reopen"),
    path("trials/<slug:code>/campaigns/<slug:slug>/amend/", campaigns.amend, name="amend"),
    path("trials/<slug:code>/campaigns/<slug:slug>/cases/", campaigns.cases, name="cases"),
    path("trials/<slug:code>/campaigns/<slug:slug>/cases/<int:pk>/void/", reads.void, name="void"),
    path("trials/<slug:code>/campaigns/<slug:slug>/assign/", reads.assign, name="assign"),
    path("trials/<slug:code>/campaigns/<slug:slug>/remind/", reads.remind, name="remind"),
    path("trials/<slug:code>/campaigns/<slug:slug>/adjudicators/", reads.adjudicators, name="adjudicators"),
    path("trials/<slug:code>/campaigns/<slug:slug>/reads/", reads.reads, name="reads"),
    path("trials/<slug:code>/campaigns/<slug:slug>/reads/<int:pk>/return/", reads.give_back, name="return"),
    path("trials/<slug:code>/campaigns/<slug:slug>/reads/<int:pk>/replace/", reads.replace, name="replace"),
    path("trials/<slug:code>/campaigns/<slug:slug>/problems/<int:pk>/settle/", reads.settle, name="settle"),
]
reader = [
    path("read/", worklist.worklist, name="worklist"),
    path("read/training/", training.own_training, name="own-training"),
    path("read/guide/", guide.guide, name="guide"),
    path("read/past/", worklist.past, name="past"),
    path("read/display/", worklist.display_check, name="display-check"),
    path("read/<str:token>/", screen.screen, name="screen"),
    path("read/<str:token>/values", screen.values, name="values"),
    path("read/<str:token>/notes", screen.notes, name="notes"),
    path("read/<str:token>/problem", screen.problem, name="problem"),
    path("read/<str:token>/take-over", screen.take_over, name="take-over"),
    path("read/<str:token>/review", review.review, name="review"),
    path("read/<str:token>/sign", review.sign, name="sign"),
    path("read/<str:token>/signed", signed.signed, name="signed"),
    path("read/<str:token>/decline", worklist.decline, name="decline"),
    path("read/<str:token>/film/<str:film>/preview.jpg", screen.preview, name="preview"),
    path("read/<str:token>/film/<str:film>/<str:level>/<int:number>", screen.band, name="band"),
]
for route in reader:
    route.callback = behind(route.callback)
urlpatterns = coordinator + reader
