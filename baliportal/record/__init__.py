"""Loading and checking a record in the form of the founding record's CSV files."""
