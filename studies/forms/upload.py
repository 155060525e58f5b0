"""Sending films, and completing those that were held."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from config.days import DayField
from studies.desk.confirmed import FIRST_DAY, is_film_day, latest_day
from studies.models import Site, Visit
from studies.plan.consent import of_consenting


class FilesInput(forms.ClearableFileInput):
    """A field to choose several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; cleaned to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Each file as a field for a single file would clean it."""
        return [super(FilesField, self).clean(one, initial) for one in data or [None]]


class VisitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A visit of the site's subjects, grouped by subject."""

    def __init__(self) -> None:
        errors = {
            "required": "Choose a subject and visit.",
            "invalid_choice": "Choose a subject and visit of your site.",
        }
        super().__init__(Visit.objects.none(), label="Subject and visit", empty_label="Choose", error_messages=errors)
        self.widget.attrs["data-searchable"] = ""

    def offer(self, site: Site) -> None:
        """Offers the visits of the site, in the order of the plan; none of a subject who withdrew consent."""
        visits = Visit.objects.filter(subject__site=site).select_related("subject", "plan")
        self.queryset = visits
        ordered = of_consenting(visits).order_by("subject__natural", "plan__target_day", "natural")
        groups = groupby(ordered, lambda visit: visit.subject.code)
        offered = [(code, [(visit.pk, self.label_from_instance(visit)) for visit in found]) for code, found in groups]
        self.choices = [("", "Choose"), *offered]

    def label_from_instance(self, obj: Visit) -> str:
        """Subject and visit, so that typing finds it."""
        return f"{obj.subject.code} · {obj.plan.label if obj.plan else obj.code}"


class PlaceForm(forms.Form):
    """The subject and visit of the films, and the date on which they were taken."""

    visit = VisitField()
    film_date = DayField(required=False)

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["visit"]
        assert isinstance(field, VisitField)  # noqa: S101
        field.offer(site)

    def clean_film_date(self) -> Any:
        """A date that has begun somewhere on earth."""
        day = self.cleaned_data["film_date"]
        if day is not None and not is_film_day(day):
            raise forms.ValidationError(
                f"The film date cannot be {day}. Enter a date from {FIRST_DAY} to {latest_day()}."
            )
        return day


class SettleForm(forms.Form):
    """The decision on a held film that cannot simply be completed."""

    reason = forms.CharField(max_length=300, label="Reason")


class UploadForm(PlaceForm):
    """Films of one visit."""

    films = FilesField(label="Files", required=False)
    field_order = ("visit", "film_date", "films")

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(site, *args, **kwargs)
        self.fields["film_date"].help_text = "Leave empty to read it from each file. You then confirm each date."


class CompleteForm(PlaceForm):
    """The missing information about a held film."""

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(site, *args, **kwargs)
        self.fields["film_date"].required = True


class DayForm(forms.Form):
    """The date of a film, typed or read from its header."""

    film_date = DayField(error_messages={"required": "Enter the date on which the film was taken."})
    clean_film_date = PlaceForm.clean_film_date
