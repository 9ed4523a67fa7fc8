"""GitHub's own description of its REST interface, as a judge of requests and answers.

It judges documents, not behaviour, and it never sends anything. GraphQL and git are not described by
OpenAPI: callers ask about REST paths only, relative to the API root (no `/api/v3`).
"""

from localhub.contract.contract import Contract

__all__ = ["Contract"]
