"""Reminders of overdue films to sites: the number of visits, and a link. No subject or visit is named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.wording import counted
from jobs.mail import send
from jobs.models import Job
from jobs.queue import Lease, add
from studies.models import Membership, Site, Trial
from studies.plan.film_calendar import FilmCalendar

KIND = "studies.remind_site"


def remind_sites(*, trial: Trial, actor: Actor) -> int:
    """Requests one e-mail to every site with overdue films and people to read it, at most one a day.

    Returns the number of sites reminded now; one that was reminded earlier today is not counted again.
    """
    authorise(actor, Action.SET_UP_TRIAL)
    today = timezone.localdate()
    overdue = FilmCalendar(trial, today).overdue_by_site()
    with audited_atomic():
        trial = Trial.objects.select_for_update().get(pk=trial.pk)
        staffed = set(people_of_sites().filter(site__in=overdue).values_list("site", flat=True))
        keys = {site: f"{site}-{today.isoformat()}" for site in overdue if site in staffed}
        reminded = set(Job.objects.filter(kind=KIND, key__in=keys.values()).values_list("key", flat=True))
        fresh = {site: key for site, key in keys.items() if key not in reminded}
        for site, key in fresh.items():
            add(kind=KIND, key=key, payload={"site": site, "visits": overdue[site]})
        if fresh:
            record(
                action="studies.sites.reminded",
                actor=actor,
                stream=trial.code,
                subject=("studies.trial", str(trial.pk)),
                details={"sites": len(fresh)},
            )
    return len(fresh)


def people_of_sites() -> QuerySet[Membership]:
    """The roles of everyone who works at a site now."""
    return Membership.objects.current().filter(site__isnull=False, user__is_active=True)


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends one reminder to everyone at the site."""
    site = Site.objects.select_related("trial").get(pk=payload["site"])
    send(mail_to(site, payload["visits"]), lease)
    with audited_atomic():
        lease.finish()


def mail_to(site: Site, visits: int) -> EmailMessage:
    """The e-mail; it has no recipients if nobody works at the site."""
    held = people_of_sites().filter(site=site)
    link = settings.PUBLIC_URL.rstrip("/") + reverse("studies:site_calendar", args=[site.trial.code])
    code, number = site.trial.code, counted(visits, "visit")
    return EmailMessage(
        subject=f"{code}: films of {number} are overdue",
        body=f"In trial {code}, films of {number} at your site are overdue.\n\nSign in to see them: {link}\n",
        bcc=sorted(set(held.values_list("user__email", flat=True))),
    )
