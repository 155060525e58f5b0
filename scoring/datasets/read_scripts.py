"""The scripts in a package that read its tables in R and SAS, written from the same columns as the codebook."""

from __future__ import annotations

from pathlib import Path

from scoring.datasets.column_forms import DATE, DECIMAL, INTEGER
from scoring.datasets.columns import DatasetColumn, DatasetTable
from scoring.datasets.tables import TABLES

R_CLASSES = {INTEGER: "integer", DECIMAL: "numeric", DATE: "Date"}
R_START = """# Reads every table of this dataset: source("read.R") in the folder of the package.
# Empty cells become NA. Text stays text, in UTF-8 in any locale; times are ISO 8601 in UTC.
read_table <- function(file, classes) {
  read.csv(file, colClasses = classes, na.strings = "", encoding = "UTF-8", check.names = FALSE)
}
"""
SAS_START = """/* Reads every table of this dataset. Run SAS in UTF-8. First set the folder of the package. */
%let folder = .;
"""


def write_read_scripts(folder: Path) -> None:
    """read.R and read.sas."""
    for name, text in (("read.R", r_script()), ("read.sas", sas_script())):
        (folder / name).write_text(text, encoding="ascii", newline="\n")


def r_script() -> str:
    """One data frame per table, named after its file."""
    return R_START + "".join(r_table(table) for table in TABLES)


def r_table(table: DatasetTable) -> str:
    """The call that reads one table."""
    classes = ",\n".join(
        f'  {column.name} = "{R_CLASSES.get(column.typed.kind, "character")}"' for column in table.columns
    )
    return f'\n{stem(table)} <- read_table("{table.name}", c(\n{classes}\n))\n'


def stem(table: DatasetTable) -> str:
    """The name of the table without its ending."""
    return table.name.removesuffix(".csv")


def sas_script() -> str:
    """One data set per table, named after its file."""
    return SAS_START + "".join(sas_table(table) for table in TABLES)


def sas_table(table: DatasetTable) -> str:
    """The data step that reads one table."""
    informats = "\n".join(f"    {column.name} {sas_informat(column)}" for column in table.columns)
    names = "\n".join(f"    {column.name}{' $' if is_text(column) else ''}" for column in table.columns)
    dates = " ".join(column.name for column in table.columns if column.typed.kind == DATE)
    shown = f"  format {dates} yymmdd10.;\n" if dates else ""
    return (
        f"\ndata {stem(table)};\n"
        f'  infile "&folder/{table.name}" dsd dlm="," firstobs=2 lrecl=32767 termstr=crlf truncover encoding="utf-8";\n'
        f"  informat\n{informats}\n  ;\n{shown}  input\n{names}\n  ;\nrun;\n"
    )


def is_text(column: DatasetColumn) -> bool:
    """Whether SAS keeps the column as text."""
    return column.typed.kind not in R_CLASSES


def sas_informat(column: DatasetColumn) -> str:
    """The informat: text in bytes, of which a character may take four where its values are not listed."""
    form = column.typed
    if form.kind == DATE:
        return "yymmdd10."
    if not is_text(column):
        return "best32."
    return f"${form.length * (1 if form.codes else 4)}."
