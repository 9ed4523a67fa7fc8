"""The container sandbox: each cage is a container of Docker or Podman, from an image that the owner put there.

`look.py` learns what the engine is, `container.py` says what a cage is in its words, `sandbox.py` makes both a
launch. `keeper.py` runs outside of the container, for as long as it lives. Nothing here fetches an image.
"""
