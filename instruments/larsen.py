"""The Larsen score: the 1995 variant for long-term studies, 0-160, and the 1977 original, 0-250, sites unverified."""

from __future__ import annotations

from instruments import scored_joints
from instruments.definition import Instrument, Item, maximum_of
from instruments.facts import Fact, Mark
from instruments.not_assessable import REASONS, REASONS_FACT

GRADES = tuple(range(6))
QUADRANTS = tuple(
    scored_joints.SitePart(str(number), f"{name} quadrant", f"_q{number}")
    for number, name in enumerate(("distal radial", "distal ulnar", "proximal radial", "proximal ulnar"), start=1)
)
RADCLASS = "radclass.mudr.org/content/larsen-score-joint-involvement-rheumatoid-arthritis-plain-radiographs"

# Each row: site, parts scored separately, weight.
Row = tuple[scored_joints.ScoredSite, tuple[scored_joints.SitePart, ...], int]
ONE = (scored_joints.WHOLE,)


def whole_sites(*joints: scored_joints.ScoredSite) -> tuple[Row, ...]:
    return tuple((joint, ONE, 1) for joint in joints)


HAND_1995: tuple[Row, ...] = (
    *whole_sites(*scored_joints.PIP, *scored_joints.MCP[1:]),
    (scored_joints.WRIST, QUADRANTS, 1),
)
FOOT_1995 = whole_sites(*scored_joints.MTP[1:])
HAND_1977: tuple[Row, ...] = (
    *whole_sites(scored_joints.THUMB_IP, *scored_joints.DIP, *scored_joints.PIP, *scored_joints.MCP),
    (scored_joints.WRIST, ONE, 5),
)
FOOT_1977 = whole_sites(scored_joints.HALLUX_IP, *scored_joints.MTP)

WORDING_1995 = {
    0: "Intact bony outlines, normal joint space",
    1: "Erosion of less than 1 mm, or joint space narrowing",
    2: "One or several small erosions of more than 1 mm",
    3: "Marked erosions",
    4: "Severe erosions; usually no joint space left, the original outline partly kept",
    5: "Mutilating change, the original outline gone",
}
WORDING_1977 = {
    0: "Normal",
    1: "Slight abnormality (soft-tissue swelling, periarticular osteoporosis, slight joint space narrowing)",
    2: "Definite early abnormality",
    3: "Medium destructive abnormality",
    4: "Severe destructive abnormality",
    5: "Mutilating abnormality",
}
NO_TERM = Fact(
    "terms", "No published test code for a Larsen score: a sponsor extends MUSCTSCD.", Mark.VERIFIED, "COSMoS 2025"
)

PROVENANCE_1995 = (
    Fact(
        "sites",
        "Per side PIP 2-5, MCP 2-5, four wrist quadrants and MTP 2-5: 16 areas, 32 in all; thumbs and first toes "
        "dropped.",
        Mark.VERIFIED,
        RADCLASS,
    ),
    Fact("grades", "Grades 0-5.", Mark.VERIFIED, RADCLASS),
    Fact("range", "0-160.", Mark.VERIFIED, RADCLASS),
    Fact("wording", "Grade texts of 1995.", Mark.VERIFIED, RADCLASS),
    Fact(
        "quadrants",
        "Names and order of the four wrist quadrants.",
        Mark.GENERAL,
        "our naming; the source says four quadrants",
    ),
    NO_TERM,
    scored_joints.TERMS_FACT,
    REASONS_FACT,
)
PROVENANCE_1977 = (
    Fact(
        "sites",
        "Per side thumb IP, DIP 2-5, PIP 2-5, MCP 1-5, wrist counted five times, MTP 1-5 and IP of the great toe. The "
        "source contradicts itself: 10 joints per hand or foot against a list with 5 DIP (read here as DIP 2-5 and "
        "thumb IP).",
        Mark.GENERAL,
        RADCLASS,
    ),
    Fact("grades", "Grades 0-5.", Mark.VERIFIED, RADCLASS),
    Fact("range", "0-250; both readings of the site list close at 250.", Mark.VERIFIED, RADCLASS),
    Fact("wording", "Grade texts of 1977.", Mark.VERIFIED, RADCLASS),
    NO_TERM,
    scored_joints.TERMS_FACT,
    REASONS_FACT,
)


def make_items(hand: tuple[Row, ...], foot: tuple[Row, ...]) -> tuple[Item, ...]:
    return tuple(
        scored_joints.make_item(feature="grade", side=side, site=site, allowed=GRADES, weight=weight, part=part)
        for rows in (hand, foot)
        for side in scored_joints.SIDES
        for site, parts, weight in rows
        for part in parts
    )


def make(
    key: str,
    place: int,
    title: str,
    items: tuple[Item, ...],
    wording: dict[int, str],
    citation: str,
    facts: tuple[Fact, ...],
) -> Instrument:
    return Instrument(
        key=key,
        version=1,
        title=title,
        features=("grade",),
        items=items,
        maximum=maximum_of(items),
        wordings={key: {"grade": wording}},
        default_wording=key,
        reasons=REASONS,
        citation=citation,
        provenance=facts,
        place=place,
    )


INSTRUMENTS = (
    make(
        "larsen-1995",
        20,
        "Larsen 1995, long-term studies",
        make_items(HAND_1995, FOOT_1995),
        WORDING_1995,
        "Larsen A. How to apply Larsen score in evaluating radiographs of rheumatoid arthritis in long-term studies. "
        "J Rheumatol 1995;22:1974-1975 (citation from general knowledge; the text was not read).",
        PROVENANCE_1995,
    ),
    make(
        "larsen-1977",
        21,
        "Larsen 1977",
        make_items(HAND_1977, FOOT_1977),
        WORDING_1977,
        "Larsen A, Dale K, Eek M. Radiographic evaluation of rheumatoid arthritis and related conditions by standard "
        "reference films. Acta Radiol Diagn 1977;18:481-491 (citation from general knowledge; the text was not read).",
        PROVENANCE_1977,
    ),
)
