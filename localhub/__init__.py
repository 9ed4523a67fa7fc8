"""A pretend GitHub for a laptop: the world we practise in. It imports nothing of `app` or `workers`."""
