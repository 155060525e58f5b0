"""From assignments to reads: who reads what, in which order."""
