"""How a coding agent is started and what it must leave behind. An agent is a program; files are the interface."""
