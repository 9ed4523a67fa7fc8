"""What is told of the ledger at a terminal and to programs: gathered as values, rendered as text and as documents.

The command line tells it from the ledger, the API over the wire, in the same words.
"""
