"""Fields and values of an event in words: the status "deidentified" of a film is "at the desk", as on every page.

The labels are those of the record's model. Each app adds those of other fields in its audit_labels.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from audit.kinds import kind_in_words, model_of

# By field, or by kind and field ("jobs.job.kind"): the label of each value.
VALUES: dict[str, dict[str, str]] = {}
# By kind and field: the name of the field, where it is more than the words of its key.
FIELDS: dict[str, str] = {}
# Fields whose values are words joined by hyphens.
HYPHENATED: set[str] = set()
SPELLED = {"sop": "SOP", "uid": "UID", "sha256": "SHA-256", "mm": "in mm", "is": ""}


def label_values(field: str, labels: Mapping[Any, str] | Iterable[tuple[Any, str]], *, names: bool = False) -> None:
    """Adds the labels of a field's values; `field` is a name, or a kind and a name. `names` keep their capitals."""
    VALUES[field] = {str(value): str(label) if names else within(str(label)) for value, label in dict(labels).items()}


def label_hyphenated(*fields: str) -> None:
    """Names fields whose values read as words once their hyphens are spaces: "file-too-large"."""
    HYPHENATED.update(fields)


def label_fields(kind: str, labels: Mapping[str, str]) -> None:
    """Adds the names of fields of a kind of record."""
    FIELDS.update({f"{kind}.{field}": label for field, label in labels.items()})


def field_in_words(kind: str, field: str) -> str:
    """The name of a field.

    >>> field_in_words("studies.film", "film_date"), field_in_words("studies.film", "sop_instance_uid")
    ('film date', 'SOP instance UID')
    """
    words = FIELDS.get(f"{kind}.{field}") or " ".join(SPELLED.get(word, word) for word in field.split("_"))
    return words.strip()


def labelled(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of several fields, with labels in place of codes; lists are labelled item by item."""
    return {field: label_of(kind, field, value) for field, value in values.items()}


def label_of(kind: str, field: str, value: Any) -> Any:
    """The label of a value as part of a sentence; a value without a label is returned as it is."""
    if isinstance(value, list):
        return [label_of(kind, field, item) for item in value]
    if not isinstance(value, str):
        return value
    if field == "record_kind":
        return kind_in_words(value)
    if f"{kind}.{field}" in HYPHENATED:
        return value.replace("-", " ")
    return labels_of(kind, field).get(value, value)


def labels_of(kind: str, field: str) -> Mapping[str, str]:
    """The label of each value of a field; none if its values are no codes."""
    return VALUES.get(f"{kind}.{field}") or VALUES.get(field) or choices_of(kind, field)


@cache
def choices_of(kind: str, field: str) -> Mapping[str, str]:
    """The labels that the model of a kind gives to the values of a field."""
    try:
        choices = model_of(kind)._meta.get_field(field).flatchoices  # type: ignore[union-attr]
    except (LookupError, FieldDoesNotExist, AttributeError):
        return {}
    return {str(value): within(str(label)) for value, label in choices if value != ""}


def within(label: str) -> str:
    """A label within a sentence: it begins in lower case, unless it begins with an abbreviation.

    >>> within("At the desk"), within("C-STORE"), within("STOW-RS"), within("A third read"), within("E-mail")
    ('at the desk', 'C-STORE', 'STOW-RS', 'a third read', 'e-mail')
    """
    second = label[1:2]
    abbreviated = label[2:3].isupper() if second == "-" else second.isupper()
    return label if abbreviated else label[:1].lower() + label[1:]
