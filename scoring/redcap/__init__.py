"""REDCap: flat CSV files from it, as tables that Blindread imports, and results for it. No database."""
