"""The kind of a record in words: "reading.leakscan" is shown as "leak scan"."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model


def kind_in_words(kind: str) -> str:
    """The name of the model of a kind; for a kind without a model, its last part."""
    try:
        return str(model_of(kind)._meta.verbose_name)
    except LookupError:
        return kind.rpartition(".")[2].replace("-", " ")


def model_of(kind: str) -> type[Model]:
    """The model of a kind; LookupError for a kind without a model."""
    app, _, name = kind.partition(".")
    return apps.get_model(app, name)
