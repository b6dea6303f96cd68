"""People from Excel workbooks and CSV files."""
