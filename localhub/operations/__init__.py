"""What can be done to the world, by whomever: an App over REST, a person through the control API.

The rules of GitHub are here, once. Callers have checked tokens and roles; these check what GitHub checks.
"""
