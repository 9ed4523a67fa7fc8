"""What `handoff up` brings along so that one machine needs nothing else: a Valkey, and the care for children."""
