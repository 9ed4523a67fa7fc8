# Writes into .git, and into what git reads, whatever would run a program if anybody's git looked here.
trap_command="touch $TRY_TRIPWIRE/git"
printf '#!/bin/sh\n%s-hook\n' "$trap_command" > /tmp/hook && chmod +x /tmp/hook
mkdir -p .git/hooks traps
for hook in pre-commit post-commit commit-msg pre-push post-checkout post-index-change reference-transaction \
    fsmonitor-watchman pre-auto-gc post-rewrite prepare-commit-msg update post-merge; do
    cp /tmp/hook ".git/hooks/$hook"; cp /tmp/hook "traps/$hook"
done
cp /tmp/hook ./program
cat >> .git/config <<END
[core]
    fsmonitor = $PWD/program
    hooksPath = $PWD/traps
    sshCommand = $PWD/program
    pager = $PWD/program
    editor = $PWD/program
    gitProxy = $PWD/program
    worktree = $TRY_TRIPWIRE
    alternateRefsCommand = $PWD/program
[filter "trap"]
    clean = $PWD/program
    smudge = $PWD/program
    process = $PWD/program
    required = true
[diff "trap"]
    command = $PWD/program
    textconv = $PWD/program
[merge "trap"]
    driver = $PWD/program
[gpg]
    program = $PWD/program
[commit]
    gpgSign = true
[credential]
    helper = !$PWD/program
[include]
    path = $PWD/more
[extensions]
    worktreeConfig = true
[alias]
    add = !$PWD/program
    status = !$PWD/program
[uploadpack]
    packObjectsHook = $PWD/program
END
printf '[core]\n\tfsmonitor = %s\n' "$PWD/program" > more; cp .git/config .git/config.worktree; cp .git/config "$HOME/.gitconfig"
mkdir -p "$HOME/.config/git" .git/info .git/objects/info; cp .git/config "$HOME/.config/git/config"
echo '* filter=trap diff=trap merge=trap' | tee .gitattributes .git/info/attributes "$HOME/.config/git/attributes" > /tmp/all
echo "$TRY_TRIPWIRE" >> .git/objects/info/alternates
printf '[submodule "x"]\n\tpath = x\n\turl = -u./program\n\tupdate = !./program\n' > .gitmodules
echo content > file; echo more > other.txt
mkdir -p bare/objects bare/refs bare/hooks; echo 'ref: refs/heads/main' > bare/HEAD; cp .git/config bare/config
echo 'all of it was tried'
