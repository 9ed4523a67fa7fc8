"""Programs for those who work on Handoff: generated pages, the contract slice."""
