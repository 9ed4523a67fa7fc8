"""The trial of a cage: any command is run in it, and a referee outside says whether it was contained.

The referee plants what must not be found, listens where nobody may call, looks at the host before and after, and
judges by what it saw alone. It never asks the cage whether the cage did well.
"""
