"""The few GraphQL calls that have no REST counterpart: draft and ready, threads, minimizing, edit history."""
