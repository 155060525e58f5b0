"""Addresses of DICOMweb."""

from __future__ import annotations

from django.urls import path

from studies.arrival.dicomweb.views import store

urlpatterns = [
    path("dicomweb/studies", store, name="dicomweb_store"),
    path("dicomweb/studies/<str:study>", store, name="dicomweb_store_study"),
]
