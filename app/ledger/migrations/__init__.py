"""The steps that lead from an empty database to the tables of `schema.py`."""
