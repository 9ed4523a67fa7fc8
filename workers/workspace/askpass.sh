#!/bin/sh
# Answers git's questions for one origin only, so that a redirect to another host is not told the token.
case "$1" in
"Username for '$HANDOFF_GIT_ORIGIN'"*) printf '%s\n' x-access-token ;;
"Password for '$HANDOFF_GIT_QUESTION'"*) printf '%s\n' "$HANDOFF_GIT_TOKEN" ;;
*) exit 1 ;;
esac
