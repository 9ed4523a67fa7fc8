"""What runs inside a cage before its command does: it builds, sheds every right, becomes the command.

Standard library only, and little of it, for each import is paid for at every start of a cage: no `typing`, `pathlib`,
`json`, `signal` or `enum`, which are half of a start together.
"""
