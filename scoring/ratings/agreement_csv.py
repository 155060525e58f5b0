"""The figures of the agreement page as a CSV file: a row per figure, with its limits or its reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from config.cells import csv_safe

Row = dict[str, Any]
COLUMNS = (
    *("statistic", "of", "from", "to", "readers", "value", "lower", "upper", "n", "limits", "reason"),
    *("timing", "computed"),
)
KAPPAS = {"linear": "Weighted kappa, linear", "quadratic": "Weighted kappa, quadratic"}


def agreement_csv(data: Row) -> str:
    """The file; numbers are not rounded, and text that a spreadsheet would calculate is kept as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in figures(data):
        whole = {"timing": data["timing"], "computed": data["computed"], "from": data["from"], "to": data["to"]}
        whole |= {"readers": " ".join(data["readers"])} | row
        writer.writerow([csv_safe(whole.get(column)) for column in COLUMNS])
    return out.getvalue()


def figures(data: Row) -> Iterator[Row]:
    """Every figure, in the order of the page."""
    yield from (figure(row["form"], "change", row) for row in data["icc"])
    yield figure("SDC 95 %", "change", data["sdc"])
    yield figure("Adjudication rate, as first signed", "change", data["adjudication"]) | {"from": "", "to": ""}
    if found := data["adjudicated"]:
        yield figure("Adjudicated results, mean", "change", found["change"])
        yield figure("Adjudicated results, mean minus that of the primary readers", "change", found["apart"])
        yield figure("Adjudicated results, SDC 95 %", "change", found["sdc"] | {"n": found["change"]["n"]})
    for row in data["sdc"]["intervals"]["each"]:
        yield figure("SDC 95 %, each planned interval", "change", row) | {"to": row["to"]}
        yield figure("SDC 80 %, each planned interval", "change", {"value": row["eighty"], "n": row["n"]}) | {
            "to": row["to"]
        }
    if mean := data["sdc"]["intervals"]["mean"]:
        yield figure("SDC 95 %, mean over planned intervals", "change", mean) | {"to": ""}
    yield from (row for pair in data["pairs"] for row in pair_figures(pair))
    for row in data["pool"]:
        yield figure("SD of differences, pool", row["of"], row["difference_sd"]) | {"to": row["visit"]}
        yield figure("ICC(1,1), pool", row["of"], row["icc"]) | {"to": row["visit"]}
    for row in data["intra_reader"]:
        for of, name in (("status", "ICC(2,1)"), ("change", "ICC(2,1)"), ("bias", "Bias"), ("sdc", "SDC 95 %")):
            kind = of if of == "status" else "change"
            yield figure(f"{name}, intra-reader", kind, row[of]) | {"readers": row["reader"]}


def pair_figures(pair: Row) -> Iterator[Row]:
    """The figures of two readers."""
    readers = {"readers": f"{pair['first']} {pair['second']}"}
    rows = [figure(row["form"], row["of"], row) | {"to": row["visit"]} for row in pair["forms"]]
    rows += [figure("SEM", row["of"], row) | {"to": row["visit"]} for row in pair["sem"]]
    rows += [figure("SDD", "status", row) | {"to": row["visit"]} for row in pair["sdd_status"]]
    rows += [figure("SDD", "change", pair["sdd_change"]), figure("SDC 95 %", "change", pair["sdc"])]
    for of in ("status", "change"):
        rows.append(figure("CCC", of, pair["ccc"][of]))
        rows += limits_of_agreement(of, pair["bland_altman"][of])
    for row in pair["kappa"]:
        rows += [figure(name, "status", row["intervals"][key]) | {"to": row["visit"]} for key, name in KAPPAS.items()]
    rows += [row for table in pair["progressors"] for row in progressor_figures(table)]
    yield from (row | readers for row in rows)


def limits_of_agreement(of: str, row: Row) -> Iterator[Row]:
    """Bias and both limits of agreement, each with its interval."""
    for key, name in (("bias", "Bias"), ("lower", "Lower limit of agreement"), ("upper", "Upper limit of agreement")):
        lower, upper = row[f"{key}_interval"]
        limits = "t distribution" if lower is not None else ""
        known = {"value": row[key], "lower": lower, "upper": upper, "n": row["n"]}
        yield figure(name, of, known | {"interval": limits, "reason": row["reason"]})


def progressor_figures(table: Row) -> Iterator[Row]:
    """The 2 x 2 table, exact agreement and kappa at one threshold."""
    what = f"progression, {table['definition']}"
    for key in ("both", "only_first", "only_second", "neither"):
        counted = {"value": table.get(key), "n": table.get("n"), "reason": table["reason"] if key not in table else ""}
        yield figure(f"Cases, {what}: {key.replace('_', ' ')}", "change", counted)
    if "intervals" in table:
        yield figure(f"Exact agreement, {what}", "change", table["intervals"]["agreement"])
        yield figure(f"Kappa, {what}", "change", table["intervals"]["unweighted"])


def figure(statistic: str, of: str, row: Row) -> Row:
    """One row of the file."""
    known = {key: row.get(key) for key in ("value", "lower", "upper", "n", "reason")}
    return {"statistic": statistic, "of": of, **known, "limits": row.get("interval", "")}
