"""From assignments to reads: who reads which cases, in which order."""
