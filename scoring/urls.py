"""Addresses of the statistician, the imaging lead and the second signer."""

from __future__ import annotations

from django.urls import path

from scoring.views import (
    agreement,
    arms,
    by_arm,
    checks,
    datasets,
    endpoint,
    events,
    history,
    joints,
    monitoring,
    site_months,
    times,
)

app_name = "scoring"
OF_REPORT = "trials/<slug:code>/arms/requests/<str:token>/by-arm/<int:number>/"
OF_DATASET = "trials/<slug:code>/results/<slug:slug>/datasets/<int:number>/results/"
urlpatterns = [
    path("trials/<slug:code>/sites-by-month/", site_months.dashboard, name="site_months"),
    path("trials/<slug:code>/results/", agreement.results, name="results"),
    path("trials/<slug:code>/results/<slug:slug>/agreement/", agreement.agreement, name="agreement"),
    path("trials/<slug:code>/results/<slug:slug>/agreement.csv", agreement.agreement_csv, name="agreement_csv"),
    path("trials/<slug:code>/results/<slug:slug>/agreement.json", agreement.agreement_json, name="agreement_json"),
    path("trials/<slug:code>/results/<slug:slug>/times/", times.reading_times, name="reading_times"),
    path("trials/<slug:code>/results/<slug:slug>/joints/", joints.joints, name="joints"),
    path("trials/<slug:code>/results/<slug:slug>/joints/<slug:item>/", joints.joint_cases, name="joint_cases"),
    path("trials/<slug:code>/results/<slug:slug>/figures/<slug:name>.svg", agreement.figure, name="figure"),
    path("trials/<slug:code>/results/<slug:slug>/checks/", checks.checks, name="checks"),
    path("trials/<slug:code>/results/<slug:slug>/checks/<str:token>/", checks.check, name="check"),
    path("trials/<slug:code>/results/<slug:slug>/checks/films/<str:film>.jpg", checks.check_film, name="check_film"),
    path("trials/<slug:code>/results/<slug:slug>/readers/", monitoring.readers, name="readers"),
    path("trials/<slug:code>/results/<slug:slug>/readers/<int:number>/", monitoring.reader, name="reader"),
    path(
        "trials/<slug:code>/results/<slug:slug>/readers/<int:number>/<slug:name>.svg",
        monitoring.reader_figure,
        name="reader_figure",
    ),
    path("trials/<slug:code>/audit/scores/", history.scores, name="scores"),
    path("trials/<slug:code>/audit/scores/review/", history.review, name="review_scores"),
    path("trials/<slug:code>/audit/scores/cells/<str:timepoint>/<str:item>/", history.cell, name="score_cell"),
    path("trials/<slug:code>/locks/", datasets.locks, name="locks"),
    path("trials/<slug:code>/results/<slug:slug>/datasets/", datasets.datasets, name="datasets"),
    path("trials/<slug:code>/results/<slug:slug>/events/", events.events, name="events"),
    path("trials/<slug:code>/results/<slug:slug>/events/example.csv", events.example, name="events_example"),
    path("trials/<slug:code>/results/<slug:slug>/events/<int:number>.csv", events.event_list, name="event_list"),
    path("trials/<slug:code>/results/<slug:slug>/seeds/", datasets.seeds, name="seeds"),
    path("trials/<slug:code>/results/<slug:slug>/datasets/build/", datasets.build, name="build"),
    path("trials/<slug:code>/results/<slug:slug>/datasets/<int:number>/", datasets.dataset, name="dataset"),
    path("trials/<slug:code>/results/<slug:slug>/datasets/<int:number>/decline/", datasets.decline, name="decline"),
    path("trials/<slug:code>/results/<slug:slug>/datasets/<int:number>/discard/", datasets.discard, name="discard"),
    path("trials/<slug:code>/results/<slug:slug>/datasets/<int:number>/zip/", datasets.download, name="download"),
    path(OF_DATASET, endpoint.results, name="endpoint"),
    path(f"{OF_DATASET}<slug:name>.csv", endpoint.table, name="endpoint_table"),
    path(f"{OF_DATASET}<slug:name>.svg", endpoint.drawing, name="endpoint_drawing"),
    path(f"{OF_DATASET}<slug:name>.png", endpoint.picture, name="endpoint_picture"),
    path("trials/<slug:code>/results/<slug:slug>/locks/<int:number>/unlock/", datasets.unlock, name="unlock"),
    path("trials/<slug:code>/results/<slug:slug>/locks/<int:number>/agree/", datasets.agree, name="agree"),
    path("trials/<slug:code>/results/<slug:slug>/arms/", arms.ask, name="ask_arms"),
    path("trials/<slug:code>/arms/requests/", arms.requests, name="arms_requests"),
    path("trials/<slug:code>/arms/requests/<str:token>/", arms.one, name="arms_request"),
    path("trials/<slug:code>/arms/requests/<str:token>/package.json", arms.package, name="arms_package"),
    path("trials/<slug:code>/arms/requests/<str:token>/withdraw/", arms.withdraw, name="withdraw_arms"),
    path("trials/<slug:code>/arms/requests/<str:token>/receive/", arms.receive, name="receive_arms"),
    path("trials/<slug:code>/arms/requests/<str:token>/by-arm/", by_arm.by_arm, name="by_arm"),
    path(OF_REPORT, by_arm.by_arm_report, name="by_arm_report"),
    path(f"{OF_REPORT}zip/", by_arm.by_arm_zip, name="by_arm_zip"),
    path(f"{OF_REPORT}<slug:name>.csv", by_arm.by_arm_file, {"kind": "csv"}, name="by_arm_table"),
    path(f"{OF_REPORT}<slug:name>.svg", by_arm.by_arm_file, {"kind": "svg"}, name="by_arm_drawing"),
]
