"""What people and programs are shown of the ledger, as values: made by pure functions, rendered elsewhere.

Nothing here knows a request, a template or a clock. `gather` alone asks the ledger, in the eyes of one viewer.
"""
