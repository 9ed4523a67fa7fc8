"""What exists in the pretend GitHub: plain records and where to find them. No rules, no HTTP, no git."""
