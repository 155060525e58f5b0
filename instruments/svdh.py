"""Sharp/van der Heijde modified total Sharp score, 0-448, feet as one value 0-10 or as two sides 0-5."""

from __future__ import annotations

from collections.abc import Iterator

from instruments import scored_joints
from instruments.definition import Instrument, Item, maximum_of
from instruments.facts import Fact, Mark
from instruments.not_assessable import REASONS, REASONS_FACT

EROSION_TEST = scored_joints.Test("SVBESCR", "Sharp/Van der Heijde Bone Erosion Score", "C128988")
NARROWING_TEST = scored_joints.Test("SVJSNSCR", "Sharp/Van der Heijde JSN Score", "C128989")

# One row per site in reading order: site, scored for erosion, scored for narrowing.
HAND = (
    (scored_joints.THUMB_IP, True, False),
    *((joint, True, True) for joint in scored_joints.PIP),
    *((joint, True, True) for joint in scored_joints.MCP),
    (scored_joints.METACARPAL_1_BASE, True, False),
    (scored_joints.MULTANGULAR, True, False),
    (scored_joints.NAVICULAR, True, False),
    (scored_joints.LUNATE, True, False),
    (scored_joints.RADIUS, True, False),
    (scored_joints.ULNA, True, False),
    *((joint, False, True) for joint in scored_joints.CMC),
    (scored_joints.MULTANGULAR_NAVICULAR, False, True),
    (scored_joints.CAPITATE_NAVICULAR_LUNATE, False, True),
    (scored_joints.RADIOCARPAL, False, True),
)
FOOT = ((scored_joints.HALLUX_IP, True, True), *((joint, True, True) for joint in scored_joints.MTP))
TABLE = (("L", HAND), ("R", HAND), ("L", FOOT), ("R", FOOT))

WHOLE_FOOT_JOINT = ((scored_joints.WHOLE, tuple(range(11))),)
TWO_SIDES = (
    (scored_joints.SitePart("P", "proximal side", "_prox", "PROXIMAL"), tuple(range(6))),
    (scored_joints.SitePart("D", "distal side", "_dist", "DISTAL"), tuple(range(6))),
)
BONE = ((scored_joints.WHOLE, tuple(range(6))),)

SIDES_SUM = "the two sides of the joint, 0-5 each, add up to"
WORDINGS = {
    "cdisc-2025": {
        "erosion": {
            0: "Normal",
            1: "Discrete erosions",
            2: "Larger erosions over a smaller area than grade 3",
            3: "Larger erosions over a larger area than grade 2, not over the middle of the bone",
            4: "Erosions extending over middle of the bone",
            5: "Complete collapse",
        },
        "narrowing": {
            0: "Normal",
            1: "Focal or minimal and generalized narrowing",
            2: "Generalized narrowing of less than 50%",
            3: "Generalized narrowing greater than 50%, or subluxation",
            4: "Ankylosis or complete dislocation",
        },
    },
    "jrheum-sums": {
        "erosion": {
            0: "No erosion",
            1: "Discrete erosion",
            2: "Large erosion, not across the midline of the bone",
            3: "Large erosion, across the midline of the bone",
            4: "Combination of the above, adding up to 4",
            5: "Combination of the above, adding up to 5",
        },
        "narrowing": {
            0: "Normal",
            1: "Focal or doubtful",
            2: "More than 50% of the original joint space left",
            3: "Less than 50% of the original joint space left, or subluxation",
            4: "Bony ankylosis or complete luxation",
        },
    },
}

PROVENANCE = (
    Fact(
        "sites",
        "16 erosion sites per hand (MCP 1-5, PIP 2-5, thumb IP, base of metacarpal 1, multangular, navicular, lunate, "
        "radius, ulna) and 6 joints per foot (MTP 1-5, IP of the great toe).",
        Mark.VERIFIED,
        "radclass.mudr.org (all but the base of metacarpal 1); the RA2-DREAM challenge's 86 column names name all 16; "
        "16 and 6 also in PMC10579188, fig. 3 legend",
    ),
    Fact(
        "sites",
        "15 narrowing sites per hand (MCP 1-5, PIP 2-5, CMC 3-5, multangular-navicular, capitate-navicular-lunate, "
        "radiocarpal; not the thumb IP) and 6 joints per foot.",
        Mark.VERIFIED,
        "jrheum.org/highwire/markup/19512; the RA2-DREAM challenge's 86 column names; PMC10579188, fig. 3 legend",
    ),
    Fact(
        "grades",
        "Erosion 0-5 per site, in the feet 0-5 on each side of the joint, so 0-10 per foot joint; narrowing 0-4.",
        Mark.VERIFIED,
        "COSMoS SVBESCR and SVJSNSCR; ard.bmj.com/highwire/markup/173766 (0-10 in the feet)",
    ),
    Fact(
        "range", "Erosion 0-280 (hands 160, feet 120).", Mark.VERIFIED, "radclass.mudr.org; PMC10579188, fig. 3 legend"
    ),
    Fact("range", "Narrowing 0-168, total 0-448.", Mark.VERIFIED, "PMC10579188, fig. 3 legend"),
    Fact(
        "wording",
        "Wording cdisc-2025, both features, except the words that distinguish 2 from 3.",
        Mark.VERIFIED,
        "COSMoS 2025-12-16 SVBESCR; 2025-07-01 SVJSNSCR",
    ),
    Fact(
        "wording",
        "cdisc-2025 calls both 2 and 3 'Larger erosions'. The difference, the area they cover, is added here.",
        Mark.GENERAL,
        "not seen in a source; check against van der Heijde's own description",
    ),
    Fact(
        "wording",
        "Wording jrheum-sums: crossing the midline is 3 and grades 4 and 5 are sums. It differs from cdisc-2025, where "
        "crossing the middle is 4; the reading lead confirms one of the two.",
        Mark.VERIFIED,
        "J Rheum highwire 26240 (erosion) and 36207 (narrowing)",
    ),
    Fact(
        "wording",
        "Under jrheum-sums discrete erosions count 1 each and are summed up to 5; 5 also stands for complete collapse.",
        Mark.GENERAL,
        "not seen in a source; check against van der Heijde's own description",
    ),
    Fact(
        "two sides",
        "The two sides of a foot joint are called proximal and distal.",
        Mark.GENERAL,
        "our naming; sources say only that each side of the joint is scored 0-5",
    ),
    scored_joints.TERMS_FACT,
    REASONS_FACT,
)
CITATION = (
    "van der Heijde D. How to read radiographs according to the Sharp/van der Heijde method. "
    "J Rheumatol 2000;27:261-263 (citation from general knowledge; the text was not read)."
)


def items_at(
    side: str,
    row: tuple[scored_joints.ScoredSite, bool, bool],
    foot_erosion: tuple[tuple[scored_joints.SitePart, tuple[int, ...]], ...],
) -> Iterator[Item]:
    site, eroded, narrowed = row
    if eroded:
        for part, allowed in foot_erosion if site.region == "foot" else BONE:
            yield scored_joints.make_item(
                feature="erosion", side=side, site=site, allowed=allowed, part=part, test=EROSION_TEST
            )
    if narrowed:
        yield scored_joints.make_item(
            feature="narrowing", side=side, site=site, allowed=tuple(range(5)), test=NARROWING_TEST
        )


def with_sums(texts: dict[int, str]) -> dict[int, str]:
    """What the grades of one side of a bone mean for a foot joint entered as one value."""
    low = {grade: f"{text}, or {SIDES_SUM} {grade}" if grade else text for grade, text in texts.items()}
    return low | {grade: f"{SIDES_SUM[0].upper()}{SIDES_SUM[1:]} {grade}" for grade in range(6, 11)}


def wordings(foot_as_one: bool) -> dict[str, dict[str, dict[int, str]]]:
    return {
        key: {**texts, "erosion/foot": with_sums(texts["erosion"])} if foot_as_one else texts
        for key, texts in WORDINGS.items()
    }


def make(
    key: str, place: int, title: str, foot_erosion: tuple[tuple[scored_joints.SitePart, tuple[int, ...]], ...]
) -> Instrument:
    items = tuple(item for side, rows in TABLE for row in rows for item in items_at(side, row, foot_erosion))
    return Instrument(
        key=key,
        version=1,
        title=title,
        features=("erosion", "narrowing"),
        items=items,
        maximum=maximum_of(items),
        wordings=wordings(foot_erosion is WHOLE_FOOT_JOINT),
        default_wording="cdisc-2025",
        reasons=REASONS,
        citation=CITATION,
        provenance=PROVENANCE,
        place=place,
    )


INSTRUMENTS = (
    make("svdh", 10, "Sharp/van der Heijde, feet as one value", WHOLE_FOOT_JOINT),
    make("svdh-two-sides", 11, "Sharp/van der Heijde, feet as two sides", TWO_SIDES),
)
