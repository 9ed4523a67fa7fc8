"""What runs inside the cage of a check, beside the check's command. Standard library only; the host never imports it."""
