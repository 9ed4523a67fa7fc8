"""The control API under `/_hub`: set the stage, act as a person, watch, disturb. Loopback only, no login."""
