"""The cage: one command, run as somebody with no rights, in a world that ends with it.

`probe.choose` finds the best sandbox this machine has, `execute.execute` runs one `CageSpec` in it.
It knows nothing of jobs, agents or git, and never decides whether a command should run.
"""
