"""Reminders of overdue films to sites: the number of visits, and a link. No subject or visit is named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.wording import counted
from jobs.mail import send
from jobs.queue import Lease, add
from studies.models import Membership, Site, Trial
from studies.plan.film_calendar import FilmCalendar

MONDAY = 0


def remind_sites(*, trial: Trial, actor: Actor) -> int:
    """Requests one e-mail to every site with overdue films, at most one a day; returns the number of such sites."""
    authorise(actor, Action.SET_UP_TRIAL)
    today = timezone.localdate()
    overdue = FilmCalendar(trial, today).overdue_by_site()
    with audited_atomic():
        for site, visits in overdue.items():
            add(kind="studies.remind_site", key=f"{site}-{today.isoformat()}", payload={"site": site, "visits": visits})
        if overdue:
            record(
                action="studies.sites.reminded",
                actor=actor,
                stream=trial.code,
                subject=("studies.trial", str(trial.pk)),
                details={"sites": len(overdue)},
            )
    return len(overdue)


def remind_all() -> None:
    """Runs once a day: requests reminders on Mondays, for every trial."""
    if timezone.localdate().weekday() == MONDAY:
        for trial in Trial.objects.all():
            remind_sites(trial=trial, actor=Actor.system("reminders"))


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends one reminder to everyone at the site."""
    site = Site.objects.select_related("trial").get(pk=payload["site"])
    send(mail_to(site, payload["visits"]), lease)
    with audited_atomic():
        lease.finish()


def mail_to(site: Site, visits: int) -> EmailMessage:
    """The e-mail; it has no recipients if nobody works at the site."""
    held = Membership.objects.current().filter(site=site, user__is_active=True)
    link = settings.PUBLIC_URL.rstrip("/") + reverse("studies:site_calendar", args=[site.trial.code])
    code, number = site.trial.code, counted(visits, "visit")
    return EmailMessage(
        subject=f"{code}: films of {number} are overdue",
        body=f"In trial {code}, films of {number} at your site are overdue.\n\nSign in to see them: {link}\n",
        bcc=sorted(set(held.values_list("user__email", flat=True))),
    )
