"""The kind of a record in words: "reading.leakscan" is shown as "leak scan"."""

from __future__ import annotations

from django.apps import apps


def kind_in_words(kind: str) -> str:
    """The name of the model of a kind; for a kind without a model, its last part."""
    app, _, name = kind.partition(".")
    try:
        return str(apps.get_model(app, name)._meta.verbose_name)
    except LookupError:
        return (name or app).replace("-", " ")
