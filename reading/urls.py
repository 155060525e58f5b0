"""Addresses of readers (by token alone) and of those who run campaigns (by trial)."""

from __future__ import annotations

from django.urls import path

from reading.views import review, screen, worklist

app_name = "reading"
urlpatterns = [
    path("read/", worklist.worklist, name="worklist"),
    path("read/past/", worklist.past, name="past"),
    path("read/display/", worklist.display_check, name="display-check"),
    path("read/<str:token>/", screen.screen, name="screen"),
    path("read/<str:token>/values", screen.values, name="values"),
    path("read/<str:token>/notes", screen.notes, name="notes"),
    path("read/<str:token>/problem", screen.problem, name="problem"),
    path("read/<str:token>/take-over", screen.take_over, name="take-over"),
    path("read/<str:token>/review", review.review, name="review"),
    path("read/<str:token>/sign", review.sign, name="sign"),
    path("read/<str:token>/decline", worklist.decline, name="decline"),
    path("read/<str:token>/film/<str:film>/preview.jpg", screen.preview, name="preview"),
    path("read/<str:token>/film/<str:film>/<str:level>/<int:number>", screen.band, name="band"),
]
