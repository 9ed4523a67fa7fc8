"""The workspace: mirror, checkout, commit, diff and push, by real git that never runs what an agent wrote.

It knows nothing of jobs beyond their id, and nothing of GitHub's API.
"""
