"""The process that GitHub and people talk to: it verifies, records and answers.

It never calls GitHub and never holds the App's private key. Every route but the webhook and the two of health
needs a login, from the first day it exists; so far there is none.
"""
