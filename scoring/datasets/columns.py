"""Columns and tables of a dataset: every column with its meaning and form, which is also the codebook."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.datasets.column_forms import Form, form_of


@dataclass(frozen=True)
class DatasetColumn:
    """A column and its content: unit, range and missing rule in words.

    `form` is its type, length and codelist if they differ from those of its name in `column_forms.py`.
    """

    name: str
    says: str
    form: Form | None = None

    @property
    def typed(self) -> Form:
        """Its own form, or that of its name."""
        return self.form or form_of(self.name)


@dataclass(frozen=True)
class DatasetTable:
    """A CSV file of the package."""

    name: str
    says: str
    columns: tuple[DatasetColumn, ...]

    @property
    def names(self) -> list[str]:
        """The header row."""
        return [column.name for column in self.columns]
