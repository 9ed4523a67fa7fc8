"""The ledger: the one memory of the house, and the only door to the database.

Deliveries, facts, jobs, runs, events, effects and timers, on SQLite or PostgreSQL. It stores what `app.domain`
decided and never decides itself; it wakes nobody and calls nobody. `Ledger` in `store.py` is all that others use,
the values it hands out are in `rows.py`.
"""
