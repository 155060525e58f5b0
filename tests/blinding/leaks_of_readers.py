"""Leaks planted where a reader or an adjudicator would meet them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse

from accounts.waiting import Waiting
from config.errors import BadInput, NotAllowed
from reading.models import Case, DisplayedTimepoint, Read, ReadStatus
from reading.room import blinded
from reading.views import screen, worklist
from tests.blinding import playing
from tests.blinding.planted import (
    arm_of,
    day_of,
    film_behind,
    films_of,
    in_page,
    kept,
    leak,
    reshaped,
    subject_of,
    token_in,
    with_header,
)
from tests.blinding.secrets_of import FIRST, SECOND

SCREEN = "reading.views.screen"
OTHERS_NONE, OTHERS_SIGNED = replace(SECOND, others="none"), replace(FIRST, others="signed")
# Codes and uploads in the opposite order, and a reader who has begun nothing yet.
FRESH = replace(FIRST, begun=False)
TURNED = replace(SECOND, begun=False, subjects=("Z-9", "M-31", "A-7777"))


@leak("page title with the first pane's visit", "reader")
def title(patch: pytest.MonkeyPatch) -> None:
    in_page(patch, SCREEN, b"</title>", lambda request: films_of(token_in(request))[0].visit)


@leak("alt text with the film's date", "reader")
def alt_text(patch: pytest.MonkeyPatch) -> None:
    in_page(patch, SCREEN, b" of timepoint A", lambda request: films_of(token_in(request))[0].film_date)


@leak("dialog for a changed value that names the visit", "reader")
def change_dialog(patch: pytest.MonkeyPatch) -> None:
    in_page(patch, SCREEN, b'<dialog class="change-reason"', lambda request: films_of(token_in(request))[0].visit)


@leak("data attribute with the site", "reader")
def data_attribute(patch: pytest.MonkeyPatch) -> None:
    in_page(patch, SCREEN, b' data-page="screen"', lambda request: f' data-s="{films_of(token_in(request))[0].site}"')


@leak("HTML comment with the subject code", "reader")
def comment(patch: pytest.MonkeyPatch) -> None:
    in_page(patch, SCREEN, b"</body>", lambda request: f"<!-- {films_of(token_in(request))[0].subject} -->")


@leak("hidden form field with the type of visit", "reader", "review")
def form_field(patch: pytest.MonkeyPatch) -> None:
    in_page(patch, "reading.views.review", b"</form>", lambda request: films_of(token_in(request))[1].visit.kind)  # type: ignore[union-attr]


@leak("ETag from the stored file's size", "reader", "preview")
def etag(patch: pytest.MonkeyPatch) -> None:
    with_header(patch, "ETag", lambda film: f'"{film.size}"')


@leak("Last-Modified from the film's date", "reader", "preview")
def last_modified(patch: pytest.MonkeyPatch) -> None:
    with_header(patch, "Last-Modified", lambda film: f"{film.film_date:%d %b %Y} 00:00:00 GMT")


@leak("file name in Content-Disposition", "reader", "preview")
def file_name(patch: pytest.MonkeyPatch) -> None:
    with_header(patch, "Content-Disposition", lambda film: f'inline; filename="{film.original_name}"')


@leak("header with the visit", "reader", "band")
def header(patch: pytest.MonkeyPatch) -> None:
    with_header(patch, "X-Visit", lambda film: str(film.visit and film.visit.code))


@leak("Cache-Control that depends on the visit", "reader", "band")
def cache_control(patch: pytest.MonkeyPatch) -> None:
    def age(film: Any) -> str:
        return "private, max-age=60" if film.visit.code == "W00" else "private, no-store"

    with_header(patch, "Cache-Control", age)


@leak("Server-Timing with the scanner", "reader", "preview")
def server_timing(patch: pytest.MonkeyPatch) -> None:
    with_header(patch, "Server-Timing", lambda film: f"read;desc={film.header['Manufacturer']}")


@leak("cookie with the site", "reader", "worklist")
def cookie(patch: pytest.MonkeyPatch) -> None:
    original = kept(worklist, "unkept")

    def keeping(response: HttpResponse) -> HttpResponse:
        case = Case.objects.order_by("number").first()
        response.set_cookie("last", subject_of(case).site.code if case else "")
        answer: HttpResponse = original(response)
        return answer

    patch.setattr(worklist, "unkept", keeping)


def place_of(image: Any) -> int:
    """How late in the trial a film was taken."""
    return int(film_behind(image.key).visit.code[-2:])  # type: ignore[union-attr]


@leak("preview size that depends on the visit", "reader", "preview")
def size_by_visit(patch: pytest.MonkeyPatch) -> None:
    reshaped(f"{SCREEN}.read_preview", lambda made, image: made + bytes(place_of(image)))(patch)


@leak("EXIF time in the preview", "reader", "preview")
def exif(patch: pytest.MonkeyPatch) -> None:
    def dated(made: bytes, image: Any) -> bytes:
        taken = f"{film_behind(image.key).film_date}".encode()
        return made[:2] + b"\xff\xe1" + (len(taken) + 8).to_bytes(2) + b"Exif\0\0" + taken + made[2:]

    reshaped(f"{SCREEN}.read_preview", dated)(patch)


@leak("band padding that depends on the scanner's name", "reader", "band")
def padded_band(patch: pytest.MonkeyPatch) -> None:
    def longer(made: bytes, image: Any) -> bytes:
        return made + str(film_behind(image.key).header["Manufacturer"]).encode()

    reshaped(f"{SCREEN}.read_band", longer)(patch)


@leak("403 for another reader's read, 404 for none", "reader", first=OTHERS_SIGNED, second=OTHERS_NONE)
def forbidden_or_absent(patch: pytest.MonkeyPatch) -> None:
    original = kept(screen, "piece_or_404")

    def finding(request: HttpRequest, token: str, **given: Any) -> Any:
        if Read.objects.filter(token=token).exclude(reader_id=request.user.pk).exists():
            raise NotAllowed("read this case")
        return original(request, token, **given)

    patch.setattr(screen, "piece_or_404", finding)


@leak("order of JSON keys by visit date", "reader")
def key_order(patch: pytest.MonkeyPatch) -> None:
    def sorted_values(values: dict[str, Any], timepoints: list[DisplayedTimepoint]) -> dict[str, Any]:
        days = {one.token: day_of(one) for one in timepoints}
        return dict(sorted(values.items(), key=lambda pair: days[pair[0]]))

    reshaped(f"{SCREEN}.present_values", sorted_values)(patch)


@leak("sequential number of the film in an address", "reader")
def sequential_id(patch: pytest.MonkeyPatch) -> None:
    original = blinded.blind_film

    def numbered(address: str, film: Any) -> Any:
        made = original(address, film)
        number = film_behind(film.reader_image_id).pk if film.reader_image_id else 0
        return replace(made, bands_url=f"{made.bands_url}?n={number}")

    patch.setattr(blinded, "blind_film", numbered)


@leak("note that names the earliest pane", "reader")
def order_note(patch: pytest.MonkeyPatch) -> None:
    def earliest(note: str, read: Read) -> str:
        days = [film.film_date for film in films_of(read.token)]
        return f"{note}, {'ABCDEF'[days.index(min(days))]} is the first"  # type: ignore[type-var]

    reshaped("reading.room.blinded.order_note", earliest)(patch)


@leak("label that follows the order of enrolment", "reader")
def label(patch: pytest.MonkeyPatch) -> None:
    reshaped("reading.room.blinded.label_of", lambda text, piece: f"{text} ({subject_of(piece.read.case).code})")(patch)


@leak("films prefetched in order of date", "reader")
def prefetch_order(patch: pytest.MonkeyPatch) -> None:
    def by_day(following: dict[str, Any] | None, piece: Any) -> dict[str, Any] | None:
        shown = list(following["films"]) if following else []
        days = {film.token: film_behind(str(film.reader_image_id)).film_date for film in all_films(piece)}
        ordered = sorted(shown, key=lambda film: days[film["token"]])  # type: ignore[arg-type,return-value]
        return following and following | {"films": ordered}

    reshaped(f"{SCREEN}.next_case", by_day)(patch)


def all_films(piece: Any) -> Any:
    """Every film of every read of the reader."""
    from reading.models import DisplayedFilm

    return DisplayedFilm.objects.filter(timepoint__step__read__reader=piece.read.reader, reader_image__isnull=False)


@leak("worklist sorted by subject code", "reader", "worklist", first=FRESH, second=TURNED)
def sorted_worklist(patch: pytest.MonkeyPatch) -> None:
    def by_code(steps: Any, given: Any) -> list[Any]:
        return sorted(steps, key=lambda step: subject_of(step.read.case).code)

    reshaped("reading.views.worklist.fetched", by_code)(patch)


@leak("badge that counts other readers' signatures", "reader", "home", first=OTHERS_SIGNED, second=OTHERS_NONE)
def badge(patch: pytest.MonkeyPatch) -> None:
    def counted(found: list[Waiting], user_id: int) -> list[Waiting]:
        others = Read.objects.filter(status=ReadStatus.SIGNED).exclude(reader_id=user_id).count()
        return [*found, Waiting("Cases signed by others", others, "/read/")]

    reshaped("accounts.views.start.waiting_at", counted)(patch)


@leak("progress by arm", "reader", "screen")
def progress_by_arm(patch: pytest.MonkeyPatch) -> None:
    def by_arm(progress: dict[str, int], piece: Any) -> dict[str, int]:
        arms = [arm_of(subject_of(case), playing.PRESENT[-1]) for case in Case.objects.all()]
        return progress | {"of_arm": arms.count(arm_of(subject_of(piece.read.case), playing.PRESENT[-1]))}

    reshaped("reading.room.blinded.progress_of", by_arm)(patch)


@leak("error text with the visit", "reader", "values")
def error_text(patch: pytest.MonkeyPatch) -> None:
    original = kept(screen, "save_values")

    def saving(*, read: Read, **given: Any) -> Any:
        try:
            return original(read=read, **given)
        except BadInput as refusal:
            raise BadInput(f"{refusal} at {films_of(read.token)[0].visit}") from None

    patch.setattr(screen, "save_values", saving)


SIGNED = ("screen", "preview", "band", "values", "review", "sign")


@leak("redirect after a signature with the next subject", "reader", *SIGNED)
def redirect_address(patch: pytest.MonkeyPatch) -> None:
    def further(address: str, piece: Any) -> str:
        return f"{address}?after={subject_of(piece.read.case).code}"

    reshaped("reading.views.review.after_signing", further)(patch)


@leak("mail subject with the site", "reader", "none")
def mail_subject(patch: pytest.MonkeyPatch) -> None:
    def addressed(**given: Any) -> EmailMessage:
        case = Case.objects.order_by("number")[0]
        return EmailMessage(**given | {"subject": f"{given['subject']} ({subject_of(case).site.name})"})

    patch.setattr("reading.campaigns.reminders.EmailMessage", addressed)
