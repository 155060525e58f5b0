"""The only attributes that a blind object may have: values that are kept, checked and rewritten, or our own constants.

Nothing is copied as text: a kept value is a member of a closed set, a bounded number, or rebuilt from a code table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

RULES_VERSION = "2026.1"

CR = "1.2.840.10008.5.1.4.1.1.1"
DX_PRESENTATION = "1.2.840.10008.5.1.4.1.1.1.1"
DX_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.1.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
SOP_CLASSES = {
    CR: "Computed Radiography",
    DX_PRESENTATION: "Digital X-Ray, for presentation",
    DX_PROCESSING: "Digital X-Ray, for processing",
    SECONDARY_CAPTURE: "Secondary Capture",
}

HAND_PARTS = frozenset({"HAND", "WRIST", "FINGER", "THUMB"})
FOOT_PARTS = frozenset({"FOOT", "TOE", "ANKLE"})
# Code words: any other word or spelling is left out.
WORDS: dict[str, frozenset[str]] = {
    "Modality": frozenset({"CR", "DX", "OT", "RG"}),
    "BodyPartExamined": HAND_PARTS | FOOT_PARTS | {"EXTREMITY"},
    "ViewPosition": frozenset({"AP", "PA", "LL", "RL", "RLD", "LLD", "RLO", "LLO"}),
    "Laterality": frozenset({"L", "R"}),
    "ImageLaterality": frozenset({"L", "R", "B", "U"}),
    "RescaleType": frozenset({"OD", "HU", "US"}),
    "VOILUTFunction": frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"}),
    "ModalityLUTType": frozenset({"OD", "HU", "US"}),
    "PresentationLUTShape": frozenset({"IDENTITY", "INVERSE"}),
    "PixelSpacingCalibrationType": frozenset({"GEOMETRY", "FIDUCIAL"}),
    "PixelIntensityRelationship": frozenset({"LIN", "LOG", "DISP"}),
    "ConversionType": frozenset({"DV", "DI", "DF", "WSD", "SD", "SI", "DRW", "SYN"}),
}


@dataclass(frozen=True)
class BoundedNumber:
    """A bounded number, rounded to `digits` significant digits; `count` values exactly."""

    least: float
    most: float
    digits: int
    count: int = 1


NUMBERS: dict[str, BoundedNumber] = {
    "PixelSpacing": BoundedNumber(0.02, 1.0, 3, 2),
    "ImagerPixelSpacing": BoundedNumber(0.02, 1.0, 3, 2),
    "EstimatedRadiographicMagnificationFactor": BoundedNumber(1.0, 2.0, 3),
    "PixelAspectRatio": BoundedNumber(1, 1000, 4, 2),
    "RescaleSlope": BoundedNumber(-1000, 1000, 6),
    "RescaleIntercept": BoundedNumber(-131072, 131072, 6),
    "WindowCenter": BoundedNumber(-131072, 131072, 6),
    "WindowWidth": BoundedNumber(0, 262144, 6),
    "PixelPaddingValue": BoundedNumber(-32768, 65535, 6),
    "PixelPaddingRangeLimit": BoundedNumber(-32768, 65535, 6),
}

ORIENTATION = re.compile(r"[LRAPHF]{1,3}")
PATTERNS: dict[str, Callable[[str], bool]] = {
    "PatientOrientation": lambda word: ORIENTATION.fullmatch(word) is not None,
}


@dataclass(frozen=True)
class Code:
    """One of our codes; the sender's meaning text is never kept."""

    value: str
    scheme: str
    meaning: str


HAND_CODE, WRIST_CODE = Code("85562004", "SCT", "Hand"), Code("74670003", "SCT", "Wrist joint")
FOOT_CODE, ANKLE_CODE = Code("56459004", "SCT", "Foot"), Code("70258002", "SCT", "Ankle joint")
FINGER_CODE, THUMB_CODE, TOE_CODE = (
    Code("7569003", "SCT", "Finger"),
    Code("76505004", "SCT", "Thumb"),
    Code("29707007", "SCT", "Toe"),
)
# Older senders use SRT codes; both are mapped to the same code (PS3.16 CID 4031, 4010).
REGIONS: dict[tuple[str, str], Code] = {
    **{
        (code.value, "SCT"): code
        for code in (HAND_CODE, WRIST_CODE, FOOT_CODE, ANKLE_CODE, FINGER_CODE, THUMB_CODE, TOE_CODE)
    },
    ("T-D8700", "SRT"): HAND_CODE,
    ("T-15460", "SRT"): WRIST_CODE,
    ("T-D9700", "SRT"): FOOT_CODE,
}
REGION_OF_PART: dict[str, Code] = {
    "HAND": HAND_CODE,
    "WRIST": WRIST_CODE,
    "FINGER": FINGER_CODE,
    "THUMB": THUMB_CODE,
    "FOOT": FOOT_CODE,
    "TOE": TOE_CODE,
    "ANKLE": ANKLE_CODE,
}
VIEWS: dict[tuple[str, str], Code] = {
    (code.value, "SCT"): code
    for code in (
        Code("272479007", "SCT", "postero-anterior"),
        Code("399348003", "SCT", "antero-posterior"),
        Code("399335002", "SCT", "dorsoplantar"),
        Code("399071006", "SCT", "plantodorsal"),
        Code("399182000", "SCT", "oblique"),
        Code("399067008", "SCT", "lateral"),
    )
}
CODED: dict[str, dict[tuple[str, str], Code]] = {"AnatomicRegionSequence": REGIONS, "ViewCodeSequence": VIEWS}
TABLES = ("ModalityLUTSequence", "VOILUTSequence")
TABLES_MOST = 8

# Pixel description: rewritten from the decoded pixels.
PIXEL_KEYWORDS = frozenset(
    {
        "SamplesPerPixel",
        "PhotometricInterpretation",
        "Rows",
        "Columns",
        "BitsAllocated",
        "BitsStored",
        "HighBit",
        "PixelRepresentation",
        "PixelData",
    }
)
REPLACED_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")

# Written into every blind object; empty text where the standard requires the attribute and we have no value.
CONSTANTS: dict[str, str | int | list[str]] = {
    "StudyDate": "",
    "StudyTime": "",
    "AccessionNumber": "",
    "ReferringPhysicianName": "",
    "PatientBirthDate": "",
    "PatientSex": "",
    "StudyID": "",
    "SeriesNumber": 1,
    "InstanceNumber": 1,
    "Manufacturer": "",
    "PatientIdentityRemoved": "YES",
    "DeidentificationMethod": f"Blindread allow-list {RULES_VERSION}",
    "LongitudinalTemporalInformationModified": "REMOVED",
}
# Further attributes that a class requires.
CONSTANTS_OF_CLASS: dict[str, dict[str, str | int | list[str]]] = {
    CR: {"ImageType": ["DERIVED", "PRIMARY"]},
    DX_PRESENTATION: {"ImageType": ["DERIVED", "PRIMARY", ""], "PresentationIntentType": "FOR PRESENTATION"},
    DX_PROCESSING: {"ImageType": ["DERIVED", "PRIMARY", ""], "PresentationIntentType": "FOR PROCESSING"},
    SECONDARY_CAPTURE: {"ImageType": ["DERIVED", "SECONDARY"]},
}
# CID 7050; the pixel data option is claimed only once a person has looked for burned-in text.
METHODS = (
    Code("113100", "DCM", "Basic Application Confidentiality Profile"),
    Code("113103", "DCM", "Clean Graphics Option"),
    Code("113105", "DCM", "Clean Descriptors Option"),
)
METHOD_CLEAN_PIXELS = Code("113101", "DCM", "Clean Pixel Data Option")
