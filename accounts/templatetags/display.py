"""Template tags: times in UTC, the tone of a state, how a value is shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from django import template
from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.roles import ROLE_NAMES, Role
from accounts.sign_in import user_token
from config import wording
from config.badges import tone_of
from config.cells import Badge, kind_of, plain
from jobs.presence import present

register = template.Library()
register.filter("tone", tone_of)
register.filter("kind", kind_of)
register.filter("plain", plain)


@register.simple_tag
def moment(value: datetime | None) -> str | SafeString:
    """A time in UTC to the minute, and to the second in the datetime attribute."""
    if value is None:
        return "–"
    exact = timezone.localtime(value, timezone.get_default_timezone())
    return format_html('<time datetime="{}">{} UTC</time>', exact.isoformat(), exact.strftime("%Y-%m-%d %H:%M"))


@register.simple_tag(takes_context=True)
def page_owner(context: template.Context) -> str:
    """The token of the person for whom this page is made (accounts.sign_in.user_token); empty without a person."""
    user = context.get("user")
    return user_token(user) if isinstance(user, User) else ""


@register.simple_tag
@lru_cache(maxsize=64)
def shape(tone: str) -> SafeString:
    """The shape of a tone, rendered once: a list has hundreds of them."""
    return render_to_string("includes/shape.html", {"tone": tone})


@register.simple_tag
@lru_cache(maxsize=512)
def badge(state: Badge) -> SafeString:
    """A state as a word with a shape, rendered once for all cells that contain it."""
    return render_to_string("includes/status.html", {"value": state.value, "label": state.label, "tone": state.tone})


@register.simple_tag
def no_worker() -> bool:
    """Whether the job that a page waits for is not being processed: no worker has reported recently."""
    return not present()


@register.simple_tag
def percent(done: int, total: int) -> str:
    """The share in whole per cent, never 100 before everything is done."""
    return f"{100 * done // total} %" if total else ""


@register.filter
def decimals(value: object, places: int) -> str:
    """A number with this many decimals and a true minus sign; empty for anything else.

    >>> decimals(-2.4666, 3), decimals(None, 3)
    ('−2.467', '')
    """
    return floatformat(value, places).replace("-", "−")


@register.filter
def counted(number: int, nouns: str) -> str:
    """A number with its noun; an irregular plural is given after a comma.

    >>> counted(1, "case"), counted(0, "case"), counted(2, "case has,cases have")
    ('1 case', '0 cases', '2 cases have')
    """
    one, _, many = nouns.partition(",")
    return wording.counted(number, one, many)


@register.filter
def role_name(role: str) -> str:
    """The name of a role as shown to people."""
    return ROLE_NAMES[Role(role)]


@register.filter
def duration(value: timedelta | None) -> str:
    """A length of time in its two largest units."""
    if value is None:
        return "–"
    minutes = int(value.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
