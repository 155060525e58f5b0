"""The forms that file films under another subject or visit, and that designate a retake."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.act_forms import ActForm
from accounts.signed_acts import Act, meaning_of
from config.wording import both, quoted
from studies.desk.moving import MoveScope
from studies.film_states import MOVED_MEANWHILE
from studies.models import Film, Visit
from studies.plan.consent import of_consenting

# What the password also signs, once for each case whose films change: none, one or many.
FOLLOWING = (Act.VOID, Act.REISSUE)


class FiledFilmForm(ActForm):
    """An act on a film under the visit that the page shows; refused when the film was moved in the meantime."""

    shown_visit = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, film: Film, *acts: Act, data: Any = None) -> None:
        super().__init__(*acts, data=data)
        if self.meanings:
            following = both(quoted(meaning_of(act)) for act in FOLLOWING)
            self.meanings.append(f"For every case whose films this changes, if any: {following}")
        self.film = film
        self.fields["shown_visit"].initial = film.visit_id

    def clean(self) -> dict[str, Any]:
        """The cleaned data, if page and film agree, or the film is already where the form sends it."""
        cleaned = super().clean()
        agree = cleaned.pop("shown_visit", None) in (None, self.film.visit_id)
        if not agree and getattr(cleaned.get("visit"), "pk", None) != self.film.visit_id:
            raise forms.ValidationError(MOVED_MEANWHILE.format(self.film.pk))
        return cleaned


class MoveForm(FiledFilmForm):
    """Where the film belongs, which films move with it, and why; signed once there are reads."""

    visit = forms.ModelChoiceField(Visit.objects.none(), label="Belongs to", empty_label="Choose")
    scope = forms.ChoiceField(choices=MoveScope.choices, widget=forms.RadioSelect, label="What moves")
    reason = forms.CharField(max_length=200, help_text="Recorded in the audit trail of every film and case.")

    def __init__(self, film: Film, *acts: Act, data: Any = None) -> None:
        super().__init__(film, *acts, data=data)
        visits = of_consenting(Visit.objects.filter(subject__site=film.site_id, not_done_reason=""))
        ordered = visits.select_related("subject", "plan").order_by("subject__natural", "plan__target_day", "natural")
        self.fields["visit"].queryset = ordered  # type: ignore[attr-defined]
        self.fields["visit"].widget.attrs["data-searchable"] = ""
        self.fields["scope"].initial = MoveScope.FILM
        self.order_fields(["visit", "scope", "reason", "password"])


class DesignateForm(FiledFilmForm):
    """The reason for designating this film for its view; signed once there are reads."""

    reason = forms.CharField(max_length=200, help_text="Recorded in the audit trail of every film and case.")
