"""Setting up a trial: its code, title and sites."""

from __future__ import annotations

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from config.names import imitated
from config.wording import quoted
from studies.models import Site, Trial
from studies.naming import checked_code, checked_name, used_once


def create_trial(*, code: str, title: str, actor: Actor, sponsor: str = "") -> Trial:
    """A new trial without sites, subjects, visits or people."""
    authorise(actor, Action.SET_UP_TRIAL)
    code = checked_code("trial code", code)
    title = checked_name("title", title, longest=200)
    demand_distinct(title)
    sponsor = checked_name("sponsor", sponsor, longest=120, required=False)
    with audited_atomic():
        with used_once(f"Trial {code} already exists. Choose another code.", field="trial_code"):
            trial = Trial.objects.create(code=code, title=title, sponsor=sponsor)
        record(
            action="studies.trial.created",
            actor=actor,
            stream=trial.code,
            subject=("studies.trial", str(trial.pk)),
            details={"code": code, "title": title, "sponsor": sponsor},
            tracked=[trial],
        )
    return trial


def demand_distinct(title: str) -> None:
    """BadInput for a title that imitates another with letters of another alphabet; equal titles are allowed."""
    if imitated(title, Trial.objects.values_list("title", flat=True).iterator()):
        raise BadInput(
            f"The title {quoted(title)} looks like that of another trial. Type it with the letters of one alphabet.",
            field="title",
        )


def add_site(*, trial: Trial, code: str, actor: Actor, name: str = "") -> Site:
    """A hospital that will send films."""
    authorise(actor, Action.SET_UP_TRIAL)
    code = checked_code("site code", code, field="site")
    name = checked_name("name", name, longest=200, required=False)
    with audited_atomic():
        with used_once(f"Trial {trial.code} already has a site {code}. Choose another code.", field="site"):
            site = Site.objects.create(trial=trial, code=code, name=name)
        record(
            action="studies.site.added",
            actor=actor,
            stream=trial.code,
            subject=("studies.site", str(site.pk)),
            details={"code": code, "name": name},
            tracked=[site],
        )
    return site


def rename_site(*, site: Site, name: str, actor: Actor) -> None:
    """Changes the name; the code, which is used in films and tables, does not change."""
    authorise(actor, Action.SET_UP_TRIAL)
    name = checked_name("name", name, longest=200, required=False)
    with audited_atomic():
        old = Site.objects.select_for_update().get(pk=site.pk).name
        Site.objects.filter(pk=site.pk).update(name=name)
        record(
            action="studies.site.renamed",
            actor=actor,
            stream=site.trial.code,
            subject=("studies.site", str(site.pk)),
            changes={"name": [old, name]},
            details={"code": site.code},
            tracked=[site],
        )
