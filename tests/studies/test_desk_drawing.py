"""Drawing at the desk in Chromium: masks, cuts of a film of both sides, joints laid over an image and dragged."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from studies.desk.joint_template import HAND
from studies.models import FilmStatus, MaskSet
from tests.studies.desk_cast import COLUMNS, ROWS, TEXT, DeskCast, film_at_desk, imaged, make_cast
from tests.studies.desk_screen import Open, at_full_size, keys, shows, status
from tests.viewer.screens import put_on_screen, wait_drawn_for
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def cast() -> DeskCast:
    return make_cast()


def test_suggested_masks_are_taken_with_one_key_and_the_film_goes_on(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast, findings=[TEXT])
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    assert page.locator(".overlay .suggested").count() == 1
    keys(page, "g")
    wait_for(lambda: MaskSet.objects.count(), "the masks")
    expect(page.locator(".state-waiting")).to_be_visible()
    keys(page, "l", "h", "k", "a")
    wait_for(lambda: status(film) == FilmStatus.ACCEPTED, "the film accepted")


def test_what_was_entered_about_a_film_is_still_there_when_masks_were_sent(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast, findings=[TEXT, {"code": "size", "text": "small"}])
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    keys(page, "l", "h", "k")
    page.locator("#accept-spacing_mm").fill("0.25")
    page.locator("#accept-film_date").fill("2024-03-05")
    page.locator("#accept-note").fill("a note")
    page.locator(".panel-head").click()
    keys(page, "g")
    expect(page.locator(".state-waiting")).to_be_visible()
    for chosen in ("side'][value='L", "view'][value='hand", "acknowledged'][value='size", "acknowledged'][value='text"):
        expect(page.locator(f"#accept [name='{chosen}']")).to_be_checked()
    expect(page.locator("#accept-spacing_mm")).to_have_value("0.25")
    expect(page.locator("#accept-film_date")).to_have_value("2024-03-05")
    expect(page.locator("#accept-film_date + .iso-day")).to_have_text("2024-03-05")
    expect(page.locator("#accept-note")).to_have_value("a note")
    keys(page, "a")
    wait_for(lambda: status(film) == FilmStatus.ACCEPTED, "the film accepted")


def test_what_was_entered_about_a_film_does_not_go_over_to_the_next(cast: DeskCast, open_page: Open) -> None:
    first, second = film_at_desk(cast), film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{first.pk}/")
    shows(page, first)
    keys(page, "l", "h")
    for turn, film in (("n", second), ("N", first)):
        keys(page, turn)
        shows(page, film)
        assert page.locator("#accept :checked:not(option)").count() == 0


def test_a_mask_is_drawn_with_the_mouse_and_moved_with_the_arrows(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    keys(page, "m")
    well = page.locator(".well").bounding_box()
    assert well
    middle_x, middle_y = well["x"] + well["width"] / 2, well["y"] + well["height"] / 2
    page.mouse.move(middle_x, middle_y)
    page.mouse.down()
    page.mouse.move(middle_x + 60, middle_y + 30, steps=4)
    page.mouse.up()
    [drawn] = [int(word) for word in page.locator("#masks-rectangles").input_value().split(",")][:1]
    assert drawn == pytest.approx(COLUMNS / 2, abs=1)
    keys(page, "ArrowRight", "ArrowRight", "Shift+ArrowDown", "s")
    wait_for(lambda: MaskSet.objects.count(), "the masks")
    [[x, y, width, height]] = MaskSet.objects.get().rectangles
    assert (x, y) == (drawn + 2, pytest.approx(ROWS / 2, abs=1))
    assert height > 1
    assert width > height


def test_on_a_screen_of_another_resolution_the_film_is_sharp_and_boxes_stay_on_it(
    cast: DeskCast, open_page: Open
) -> None:
    film = film_at_desk(cast, findings=[TEXT])
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    before = page.locator(".overlay .suggested").bounding_box()
    for ratio in (2, 1):
        put_on_screen(page, 1366, 768, ratio)
        wait_drawn_for(page, ratio)
        assert page.locator(".overlay .suggested").bounding_box() == pytest.approx(before, abs=1)


def test_masks_drawn_but_not_sent_keep_the_film_from_being_accepted(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    keys(page, "m", "j", "l", "h", "a")
    expect(page.locator("#notices")).to_contain_text("not sent")
    assert status(film) == FilmStatus.DEIDENTIFIED


def test_a_film_of_both_sides_is_cut_by_keys(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    keys(page, "m", "c", "s")
    wait_for(lambda: MaskSet.objects.count(), "the cut")
    half = COLUMNS // 2
    assert MaskSet.objects.get().crops == {"L": [0, 0, half, ROWS], "R": [half, 0, half, ROWS]}
    expect(page.locator(".state-waiting")).to_be_visible()
    keys(page, "Escape", "b", "h", "a")
    wait_for(lambda: status(film) == FilmStatus.ACCEPTED, "the film accepted")


def click_on(page: Page, x: float, y: float) -> None:
    """Clicks a point of the film, which hangs whole in the middle of its well."""
    well = page.locator(".well").bounding_box()
    assert well
    zoom = min(well["width"] / COLUMNS, well["height"] / ROWS)
    left, top = well["x"] + (well["width"] - COLUMNS * zoom) / 2, well["y"] + (well["height"] - ROWS * zoom) / 2
    page.mouse.click(left + x * zoom, top + y * zoom)


def test_three_clicks_lay_the_template_and_a_joint_is_dragged_to_its_place(cast: DeskCast, open_page: Open) -> None:
    rendition = imaged(cast)
    page = open_page(cast.coordinator, f"joints/{rendition.index}/")
    at_full_size(page)
    for x, y in HAND.anchors.values():
        click_on(page, x * 0.9, y * 0.9)
    mcp2 = page.locator('[name="x-MCP2"]')
    expect(mcp2).not_to_have_value("")
    assert float(mcp2.input_value()) == pytest.approx(HAND.joints["MCP2"][0] * 0.9, abs=1.5)
    page.locator('tr[data-joint="MCP2"] th').click()
    keys(page, "]", "[")
    mcp2.focus()
    page.locator("h1").click()
    before = float(mcp2.input_value())
    keys(page, "ArrowRight", "2", "a")
    wait_for(lambda: rendition.film.placements.count(), "the placement")
    placement = rendition.film.placements.get()
    assert placement.joints["MCP2"][0] > before
    assert placement.readability == {"MCP2": "limited"}
    assert set(placement.joints) == set(HAND.joints)


def test_clicks_that_no_server_answers_are_asked_for_again(cast: DeskCast, open_page: Open, faults: list[str]) -> None:
    page = open_page(cast.coordinator, f"joints/{imaged(cast).index}/")
    at_full_size(page)
    page.context.set_offline(True)
    for x, y in HAND.anchors.values():
        click_on(page, x * 0.9, y * 0.9)
    expect(page.locator("#notices")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    for x, y in HAND.anchors.values():
        click_on(page, x * 0.9, y * 0.9)
    expect(page.locator('[name="x-MCP2"]')).not_to_have_value("")
    expect(page.locator("#notices")).to_be_empty()
    assert [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault] == []


def test_suggested_boxes_are_where_drawing_begins(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast, findings=[TEXT])
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    keys(page, "m", "j", "s")
    wait_for(lambda: MaskSet.objects.count(), "the masks")
    assert MaskSet.objects.get().rectangles[0] == [10, 10, 40, 12]
    assert len(MaskSet.objects.get().rectangles) == 2
