"""CDISC: SDTM and ADaM datasets as SAS transport files, from the rows of a dataset, without a database."""
