"""The ADaM datasets: totals and changes (ADXR), and single joints (ADXRJ); both have the basic data structure."""

from __future__ import annotations

from scoring.cdisc.variables import DefineOrigin, TransferTable, number, text

ASSIGNED, DERIVED, PREDECESSOR = DefineOrigin.ASSIGNED, DefineOrigin.DERIVED, DefineOrigin.PREDECESSOR

IDENTIFIERS = (
    text("STUDYID", "Study Identifier", 32, PREDECESSOR, "MK.STUDYID"),
    text("USUBJID", "Unique Subject Identifier", 64, PREDECESSOR, "MK.USUBJID"),
    number(
        "ASEQ", "Analysis Sequence Number", DERIVED, "Numbers the records of a subject from 1 in the order of the keys."
    ),
)
PARAM, JOINT_PARAM = (text("PARAM", "Parameter", 200, ASSIGNED, codelist=name) for name in ("PARAM", "JPARAM"))
PARAMCD, JOINT_PARAMCD = (
    text("PARAMCD", "Parameter Code", 8, ASSIGNED, codelist=name) for name in ("PARAMCD", "JPARAMCD")
)
PARAMN = number("PARAMN", "Parameter (N)", ASSIGNED, "Numbers PARAM from 1.")
READING = (
    text("CAMPGN", "Reading Campaign", 32, PREDECESSOR, "MK.MKGRPID"),
    number("READREP", "Repeat Read Number", PREDECESSOR, "MK.MKREPNUM"),
)
VISITS = (
    text(
        "AVISIT",
        "Analysis Visit",
        40,
        DERIVED,
        "The planned visit of the radiograph. A radiograph outside the plan has the visit that it serves in"
        " analysis.csv, otherwise it has none.",
    ),
    number("AVISITN", "Analysis Visit (N)", DERIVED, "The number of AVISIT in the protocol, from 1 by target day."),
    number("ADT", "Analysis Date", DERIVED, "The day of the radiograph.", format="DATE9."),
    number(
        "ADY",
        "Analysis Relative Day",
        DERIVED,
        "Days from the baseline radiograph (the anchor), which is day 1; the day before it is -1. Empty without one.",
    ),
)
CHG = number("CHG", "Change from Baseline", DERIVED, "AVAL minus BASE.", digits=4)
ABLFL = text("ABLFL", "Baseline Record Flag", 1, DERIVED, "Y on the record that BASE comes from.", codelist="Y")
DTYPE = text(
    "DTYPE",
    "Derivation Type",
    10,
    DERIVED,
    "How a value was made that was not observed: by the charter's rules for events and missing visits, as dtype of"
    " analysis.csv. Empty when observed; imputed sites are in NIMPUTE.",
    codelist="DTYPE",
)

ADXR = TransferTable(
    "ADXR",
    "X-Ray Total Scores Analysis",
    "BASIC DATA STRUCTURE",
    "One record per subject, baseline type, parameter and analysis visit",
    ("STUDYID", "USUBJID", "BASETYPE", "PARAMCD", "AVISITN", "DTYPE", "ASEQ"),
    (
        *IDENTIFIERS,
        PARAM,
        PARAMCD,
        PARAMN,
        text("PARCAT1", "Parameter Category 1", 40, ASSIGNED, codelist="PARCAT1"),
        text("EVALID", "Evaluator Identifier", 20, PREDECESSOR, "MK.MKEVALID; empty for a mean.", codelist="MEDEVAL"),
        *READING,
        number(
            "AVAL",
            "Analysis Value",
            DERIVED,
            "By BASETYPE. STATUS: the total at the visit, equal to AVAL of totals.csv. An interval: BASE plus CHG, the"
            " total used for the change over this interval, by the missing rule of the charter.",
            digits=4,
        ),
        number(
            "BASE",
            "Baseline Value",
            DERIVED,
            "AVAL of the record with ABLFL=Y of the same subject, parameter and BASETYPE, rounded to 4 decimals.",
            digits=4,
        ),
        number(
            "CHG",
            "Change from Baseline",
            DERIVED,
            "AVAL minus BASE, the change by the missing rule of the charter, rounded to 4 decimals. Empty where"
            " BASETYPE is STATUS: totals of two visits may rest on different sites.",
            digits=4,
        ),
        text(
            "BASETYPE",
            "Baseline Type",
            130,
            ASSIGNED,
            "Campaign, repeat, and STATUS or the interval: the missing rule may treat the sites of a baseline"
            " differently for each interval. An interval ends with DTYPE where its later value was not observed.",
        ),
        DTYPE,
        ABLFL,
        text(
            "ANL01FL",
            "Analysis Flag 01",
            1,
            DERIVED,
            "Y for the record of the primary analysis: the mean of the readers who decide the case, at the radiograph"
            " that serves the visit, or the value made where none does.",
            codelist="Y",
        ),
        text(
            "CRIT1",
            "Analysis Criterion 1",
            40,
            ASSIGNED,
            "No progression by a threshold of the charter: 0.5 where the charter has it, otherwise the smallest of its"
            " fixed numbers. Empty where it has none.",
            codelist="CRIT1",
        ),
        text(
            "CRIT1FL",
            "Criterion 1 Evaluation Result Flag",
            1,
            DERIVED,
            "Y when the exact change fulfils CRIT1, N when not; empty at the baseline, and without CRIT1 or a change.",
            codelist="NY",
        ),
        *VISITS,
        number("NASSESS", "Number of Sites Assessed", DERIVED, "Sites scored; for a mean the least over its readers."),
        number("NIMPUTE", "Number of Sites Imputed", DERIVED, "Sites imputed; for a mean the most over its readers."),
    ),
    "ADaMIG",
)
ADXRJ = TransferTable(
    "ADXRJ",
    "X-Ray Joint Scores Analysis",
    "BASIC DATA STRUCTURE",
    "One record per subject, baseline type, parameter (joint and test), evaluator and radiograph",
    ("STUDYID", "USUBJID", "BASETYPE", "PARAMCD", "EVALID", "JNTLOC", "JNTLAT", "JNTSIDE", "AVISITN", "ASEQ"),
    (
        *IDENTIFIERS,
        JOINT_PARAM,
        JOINT_PARAMCD,
        PARAMN,
        text("PARCAT1", "Parameter Category 1", 40, ASSIGNED, codelist="FEATURE"),
        text("EVALID", "Evaluator Identifier", 20, PREDECESSOR, "MK.MKEVALID", codelist="MEDEVAL"),
        *READING,
        text("JNTLOC", "Joint Location", 60, PREDECESSOR, "MK.MKLOC", codelist="LOC"),
        text("JNTLAT", "Joint Laterality", 8, PREDECESSOR, "MK.MKLAT", codelist="LAT"),
        text("JNTSIDE", "Joint Side Scored", 20, PREDECESSOR, "MK.MKDIR", codelist="DIR"),
        number("AVAL", "Analysis Value", DERIVED, "MK.MKSTRESN"),
        number(
            "BASE",
            "Baseline Value",
            DERIVED,
            "AVAL of the record with ABLFL=Y of the same subject, parameter, evaluator and BASETYPE.",
        ),
        CHG,
        text("BASETYPE", "Baseline Type", 130, ASSIGNED, "Campaign and repeat."),
        DTYPE,
        ABLFL,
        text("ANL01FL", "Analysis Flag 01", 1, DERIVED, "Y where MK.MKACPTFL is Y.", codelist="Y"),
        *VISITS,
        text("NAREAS", "Reason Not Assessable", 60, PREDECESSOR, "MK.MKREASND", codelist="REASND"),
        text("SRCDOM", "Source Data", 8, ASSIGNED, codelist="SRCDOM"),
        text("SRCVAR", "Source Variable", 8, ASSIGNED, codelist="SRCVAR"),
        number("SRCSEQ", "Source Sequence Number", PREDECESSOR, "MK.MKSEQ"),
    ),
    "ADaMIG",
)
