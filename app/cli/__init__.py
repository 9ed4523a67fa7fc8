"""The `handoff` command: it starts processes by module name, shows what the ledger knows, and stops things.

What it says comes from pure functions of values; what it does is a fact in the ledger or a child process.
"""
