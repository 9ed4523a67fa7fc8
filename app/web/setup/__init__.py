"""Setting up: the pages that register the App, in a process of their own that ends when that is done.

The serving process never sees the App's private key; this one holds it for the moment between GitHub's answer and
a file that only we may read. It knows no delivery and no job.
"""
