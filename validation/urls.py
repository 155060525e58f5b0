"""Addresses of the validation documents, for auditors."""

from __future__ import annotations

from django.urls import path

from validation import views

app_name = "validation"
urlpatterns = [
    path("trials/<slug:code>/validation/", views.documents, name="documents"),
    path("trials/<slug:code>/validation/<slug:key>/", views.document, name="document"),
]
