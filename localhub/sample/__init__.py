"""The demo's repository, its issues, and the scripts that resolve and review them. Plain files and one builder."""
