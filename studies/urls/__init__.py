"""Addresses of a trial: its planning, its films, its questions, and the pages of its sites."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from studies.views import (
    arms,
    completeness,
    films,
    members,
    planning,
    questions,
    site,
    site_film,
    tables,
    transmittal,
    trials,
    upload,
    visits,
)

app_name = "studies"
coordinator: list[URLPattern | URLResolver] = [
    path("trials/new/", trials.new_trial, name="new_trial"),
    path("trials/<slug:code>/", trials.trial, name="trial"),
    path("trials/<slug:code>/set-up/", planning.set_up, name="set_up"),
    path("trials/<slug:code>/set-up/sites/", planning.sites, name="sites"),
    path("trials/<slug:code>/set-up/sites/<int:pk>/", planning.change_site, name="change_site"),
    path("trials/<slug:code>/set-up/visits/", planning.plans, name="plans"),
    path("trials/<slug:code>/set-up/visits/<int:pk>/", planning.amend_plan, name="change_plan"),
    path("trials/<slug:code>/set-up/subjects/", planning.subjects, name="subjects"),
    path("trials/<slug:code>/set-up/import/<slug:slug>/", tables.import_table, name="import_table"),
    path("trials/<slug:code>/set-up/import/<slug:slug>/write/", tables.write, name="write_table"),
    path("trials/<slug:code>/set-up/import/<slug:slug>/example.csv", tables.example, name="example_table"),
    path("trials/<slug:code>/people/", members.members, name="members"),
    path("trials/<slug:code>/people/<int:pk>/end/", members.end_membership, name="end_membership"),
    path("trials/<slug:code>/arms/", arms.arms, name="arms"),
    path("trials/<slug:code>/arms/choose/", arms.choose, name="arms_choose"),
    path("trials/<slug:code>/arms/key/", arms.key, name="arms_key"),
    path("trials/<slug:code>/arms/key/<int:pk>/", arms.confirm, name="arms_confirm"),
    path("trials/<slug:code>/arms/import/", arms.import_list, name="arms_import"),
    path("trials/<slug:code>/arms/custodian.py", arms.script, name="custodian_script"),
    path("trials/<slug:code>/visits/", visits.visits, name="visits"),
    path("trials/<slug:code>/visits/<int:pk>/", visits.visit, name="visit"),
    path("trials/<slug:code>/visits/<int:pk>/not-done/", visits.not_done, name="not_done"),
    path("trials/<slug:code>/visits/<int:pk>/absent/", visits.absence, name="absence"),
    path("trials/<slug:code>/visits/absent/<int:pk>/end/", visits.expect, name="expect"),
    path("trials/<slug:code>/visits/subject/<int:pk>/", visits.subject, name="subject"),
    path("trials/<slug:code>/films/", films.films, name="films"),
    path("trials/<slug:code>/films/<int:pk>/", films.film, name="film"),
    path("trials/<slug:code>/questions/", questions.questions, name="questions"),
    path("trials/<slug:code>/questions/ask/<slug:matter>/<int:pk>/", questions.new_question, name="new_question"),
    path("trials/<slug:code>/questions/<int:pk>/", questions.question, name="question"),
    path("trials/<slug:code>/questions/<int:pk>/close/", questions.close_question, name="close_question"),
    path("trials/<slug:code>/questions/<int:pk>/reopen/", questions.reopen_question, name="reopen_question"),
    path("trials/<slug:code>/questions/<int:pk>/remind/", questions.remind_site, name="remind"),
    path("trials/<slug:code>/completeness/", completeness.completeness, name="completeness"),
]
sites: list[URLPattern | URLResolver] = [
    path("trials/<slug:code>/site/", site.site, name="site"),
    path("trials/<slug:code>/site/films/", site.site_films, name="site_films"),
    path("trials/<slug:code>/site/films/<int:pk>/", site_film.site_film, name="site_film"),
    path("trials/<slug:code>/site/films/<int:pk>/settle/", site_film.settle, name="settle_film"),
    path("trials/<slug:code>/site/films/<int:pk>/day/", site_film.confirm_day, name="confirm_day"),
    path("trials/<slug:code>/site/upload/", upload.upload, name="site_upload"),
    path("trials/<slug:code>/site/upload/start/", upload.start, name="upload_start"),
    path("trials/<slug:code>/site/upload/rows/<int:pk>/", upload.row, name="upload_row"),
    path("trials/<slug:code>/site/upload/files/<str:fingerprint>/", upload.here, name="upload_here"),
    path("trials/<slug:code>/site/upload/files/<str:fingerprint>/finish/", upload.finish, name="upload_finish"),
    path("trials/<slug:code>/site/upload/files/<str:fingerprint>/<int:begin>/", upload.piece, name="upload_piece"),
    path("trials/<slug:code>/site/deliveries/<str:token>/form.pdf", transmittal.form_pdf, name="transmittal_pdf"),
    path("trials/<slug:code>/site/deliveries/<str:token>/form.csv", transmittal.form_csv, name="transmittal_csv"),
    path("trials/<slug:code>/site/questions/", site.site_questions, name="site_questions"),
    path("trials/<slug:code>/site/questions/<int:pk>/", site.site_question, name="site_question"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    *coordinator,
    *sites,
    path("", include("studies.urls.desk")),
    path("", include("studies.arrival.dicomweb.urls")),
]
