"""From results to the endpoint: analysis visits, intercurrent events, and the rows of analysis.csv."""
