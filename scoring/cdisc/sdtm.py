"""The SDTM datasets: scores (MK) with their supplemental qualifiers, radiographs (PR), and how both are related."""

from __future__ import annotations

from scoring.cdisc.variables import DefineOrigin, TransferTable, number, text

ASSIGNED, COLLECTED, DERIVED = DefineOrigin.ASSIGNED, DefineOrigin.COLLECTED, DefineOrigin.DERIVED
SPONSOR, NONE = "Sponsor", DefineOrigin.NOT_AVAILABLE

STUDYID = text("STUDYID", "Study Identifier", 32, DefineOrigin.PROTOCOL, source=SPONSOR)
USUBJID = text("USUBJID", "Unique Subject Identifier", 64, ASSIGNED, "The subject code of the trial.", source=SPONSOR)
DOMAIN = text("DOMAIN", "Domain Abbreviation", 2, ASSIGNED, codelist="DOMAIN")
VISITS = (
    number(
        "VISITNUM",
        "Visit Number",
        ASSIGNED,
        "Planned visits from 1 by target day. A visit outside the plan has the number of the planned visit before it"
        " plus 0.01 for the first such visit, 0.02 for the second, and so on.",
        digits=2,
        source=SPONSOR,
    ),
    text("VISIT", "Visit Name", 40, ASSIGNED, "The visit code of the trial.", source=SPONSOR),
    number(
        "VISITDY",
        "Planned Study Day of Visit",
        ASSIGNED,
        "The target day of the visit, counted from the baseline radiograph, which is day 1. There is no day 0. Empty"
        " outside the plan.",
        source=SPONSOR,
    ),
    text("EPOCH", "Epoch", 20, NONE, "Empty: it needs the subject elements (SE) of the sponsor.", source=SPONSOR),
)
NO_STUDY_DAY = "Empty: it needs RFSTDTC of the sponsor."

MK = TransferTable(
    "MK",
    "Musculoskeletal System Findings",
    "FINDINGS",
    "One record per subject, image set, campaign, repeat, reader, test, location, side",
    (
        "STUDYID",
        "USUBJID",
        "MKGRPID",
        "MKEVALID",
        "MKREPNUM",
        "VISITNUM",
        "MKTESTCD",
        "MKLOC",
        "MKLAT",
        "MKDIR",
    ),
    (
        STUDYID,
        DOMAIN,
        USUBJID,
        number(
            "MKSEQ", "Sequence Number", DERIVED, "Numbers the records of a subject from 1 in the order of the keys."
        ),
        text("MKGRPID", "Group ID", 32, ASSIGNED, "The code of the reading campaign."),
        text("MKREFID", "Reference ID", 40, ASSIGNED, "The image set. Empty when no film of it exists."),
        text(
            "MKSPID",
            "Sponsor-Defined Identifier",
            40,
            ASSIGNED,
            "The score record: MKLNKGRP, a point, and PARAMCD of scores.csv.",
        ),
        text("MKLNKID", "Link ID", 40, ASSIGNED, "PRLNKID of the image set. Empty when no film of it exists."),
        text(
            "MKLNKGRP",
            "Link Group ID",
            40,
            ASSIGNED,
            "The reading of one visit by one reader: R1, R2 or A1, repetition, place of the visit. Used in SUPPMK.",
        ),
        text("MKTESTCD", "Short Name of Musculoskeletal Test", 8, ASSIGNED, codelist="MUSCTSCD"),
        text("MKTEST", "Name of Musculoskeletal Test", 40, ASSIGNED, codelist="MUSCTS"),
        text("MKCAT", "Category for Musculoskeletal Test", 40, ASSIGNED, codelist="MKCAT"),
        text("MKSCAT", "Subcategory for Musculoskeletal Test", 20, ASSIGNED, codelist="MKSCAT"),
        text("MKORRES", "Result or Finding in Original Units", 20, COLLECTED, "The grade entered and signed."),
        text("MKSTRESC", "Character Result/Finding in Std Format", 20, ASSIGNED, "Copied from MKORRES."),
        number("MKSTRESN", "Numeric Result/Finding in Standard Units", ASSIGNED, "MKSTRESC as a number."),
        text("MKSTAT", "Completion Status", 8, COLLECTED, codelist="ND"),
        text("MKREASND", "Reason Not Done", 60, COLLECTED, codelist="REASND"),
        text("MKLOC", "Location Used for the Measurement", 60, ASSIGNED, codelist="LOC"),
        text("MKLAT", "Laterality", 8, ASSIGNED, codelist="LAT"),
        text(
            "MKDIR",
            "Directionality",
            20,
            ASSIGNED,
            "Only where the parts of a location are scored apart.",
            codelist="DIR",
        ),
        text("MKMETHOD", "Method of Test or Examination", 10, ASSIGNED, codelist="METHOD"),
        text(
            "MKLOBXFL",
            "Last Observation Before Exposure Flag",
            1,
            NONE,
            "Empty: it needs RFXSTDTC of the sponsor.",
            codelist="Y",
            source=SPONSOR,
        ),
        text("MKEVAL", "Evaluator", 25, ASSIGNED, codelist="EVAL"),
        text("MKEVALID", "Evaluator Identifier", 20, ASSIGNED, codelist="MEDEVAL"),
        text(
            "MKACPTFL",
            "Accepted Record Flag",
            1,
            DERIVED,
            "Y when the value is used in the result of the case: read by a reader who decides the case, in a step that"
            " counts, not in a repeat.",
            codelist="Y",
        ),
        number(
            "MKREPNUM",
            "Repetition Number",
            ASSIGNED,
            "Number of the reading of this visit by this reader, from 1: a repeat counts, and so does a visit that was"
            " first read alone and then together with the others.",
        ),
        *VISITS,
        text("MKDTC", "Date/Time of Collection", 10, COLLECTED, "The day of the radiograph, not of the read."),
        number("MKDY", "Study Day of Visit/Collection/Exam", NONE, NO_STUDY_DAY, source=SPONSOR),
    ),
)
SUPPMK = TransferTable(
    "SUPPMK",
    "Supplemental Qualifiers for MK",
    "RELATIONSHIP",
    "One record per qualifier of a reading of a visit (MKLNKGRP) or of a score (MKSEQ)",
    ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM"),
    (
        STUDYID,
        text("RDOMAIN", "Related Domain Abbreviation", 2, ASSIGNED, codelist="DOMAIN"),
        USUBJID,
        text("IDVAR", "Identifying Variable", 8, ASSIGNED, codelist="IDVAR"),
        text("IDVARVAL", "Identifying Variable Value", 40, ASSIGNED, "The value of the variable that IDVAR names."),
        text("QNAM", "Qualifier Variable Name", 8, ASSIGNED, codelist="QNAM"),
        text("QLABEL", "Qualifier Variable Label", 40, ASSIGNED, "The label that belongs to QNAM."),
        text("QVAL", "Data Value", 200, COLLECTED, "The value of the qualifier."),
        text("QORIG", "Origin", 20, ASSIGNED, codelist="QORIG"),
        text("QEVAL", "Evaluator", 25, NONE, "Empty: no qualifier is an evaluation."),
    ),
)
PR = TransferTable(
    "PR",
    "Procedures",
    "INTERVENTIONS",
    "One record per image set: the radiographs of the hands or of the feet of a subject at a visit",
    ("STUDYID", "USUBJID", "PRTRT", "PRSTDTC", "PRLNKID"),
    (
        STUDYID,
        DOMAIN,
        USUBJID,
        number(
            "PRSEQ", "Sequence Number", DERIVED, "Numbers the records of a subject from 1 in the order of the keys."
        ),
        text("PRSPID", "Sponsor-Defined Identifier", 40, ASSIGNED, "The image set: visit code and region."),
        text("PRLNKID", "Link ID", 40, ASSIGNED, "The image set; MKLNKID refers to it."),
        text("PRTRT", "Reported Name of Procedure", 60, ASSIGNED, codelist="PRTRT"),
        text("PRDECOD", "Standardized Procedure Name", 40, ASSIGNED, codelist="PROCEDUR"),
        text("PRLOC", "Location of Procedure", 20, ASSIGNED, codelist="PRLOC"),
        text("PRLAT", "Laterality", 10, ASSIGNED, "The sides of which a film exists.", codelist="PRLAT"),
        *VISITS,
        text("PRSTDTC", "Start Date/Time of Procedure", 10, COLLECTED, "The day of the first film of the image set."),
        number("PRSTDY", "Study Day of Start of Procedure", NONE, NO_STUDY_DAY, source=SPONSOR),
    ),
)
RELREC = TransferTable(
    "RELREC",
    "Related Records",
    "RELATIONSHIP",
    "One record per related dataset",
    ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELID"),
    (
        STUDYID,
        text("RDOMAIN", "Related Domain Abbreviation", 2, ASSIGNED, codelist="DOMAIN"),
        text("USUBJID", "Unique Subject Identifier", 64, NONE, "Empty: the datasets are related as a whole."),
        text("IDVAR", "Identifying Variable", 8, ASSIGNED, codelist="RELIDVAR"),
        text("IDVARVAL", "Identifying Variable Value", 40, NONE, "Empty: the datasets are related as a whole."),
        text("RELTYPE", "Relationship Type", 4, ASSIGNED, codelist="RELTYPE"),
        text("RELID", "Relationship Identifier", 8, ASSIGNED, "PRMK: the scores of an image set."),
    ),
)
