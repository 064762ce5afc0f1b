"""Numbers: pure formulas that know nobody. Dates come in as arguments; nothing here asks the time."""
