async def _clone(world, folder, **more):
    folder.mkdir(exist_ok=True)
    return await world.git("clone", "-q", f"{world.url}/{world.repository}.git", "work", cwd=folder, **more)


async def _commit(world, folder, path, text, branch="fix"):
    work = folder / "work"
    (work / path).parent.mkdir(parents=True, exist_ok=True)
    (work / path).write_text(text)
    await world.git("checkout", "-q", "-B", branch, cwd=work)
    await world.git("add", ".", ":!askpass.sh", cwd=work)
    code, output = await world.git("commit", "-q", "-m", f"Write {path}", cwd=work)
    assert code == 0, output
    return work


async def test_real_git_clones_and_pushes_with_an_installation_token(world, listener, tmp_path):
    code, output = await _clone(world, tmp_path / "a")
    assert code == 0, output
    work = await _commit(world, tmp_path / "a", "new.py", "new = 1\n")
    code, output = await world.git("push", "-q", "origin", "fix", cwd=work)
    assert code == 0, output
    assert "refs/heads/fix" in (await world.control.state(world.repository))["refs"]
    await world.control.idle()
    assert listener.payload("push")["sender"]["login"] == "handoff[bot]"
    assert listener.payload("push")["ref"] == "refs/heads/fix"
    pushes = [e for e in await world.control.log() if e["path"].endswith("git-receive-pack")]
    assert pushes[0]["method"] == "POST"
    assert pushes[0]["actor"] == "installation"
    assert "moved refs/heads/fix" in pushes[0]["notes"]


async def test_a_large_push_is_streamed(world, tmp_path):
    await _clone(world, tmp_path / "a")
    work = await _commit(
        world, tmp_path / "a", "big.txt", "".join(f"{n * 7919 % 1000003}\n" for n in range(600_000))
    )
    code, output = await world.git("push", "-q", "origin", "fix", cwd=work)
    assert code == 0, output
    code, output = await _clone(world, tmp_path / "b")
    assert code == 0, output
    code, output = await world.git("cat-file", "-s", "origin/fix:big.txt", cwd=tmp_path / "b" / "work")
    assert int(output) == (work / "big.txt").stat().st_size


async def test_strangers_and_readers_cannot_push(world, tmp_path):
    code, output = await _clone(world, tmp_path / "a", token="nonsense")
    assert code != 0
    assert "Authentication failed" in output
    reader = (await world.mint(permissions={"contents": "read"}))["token"]
    code, output = await _clone(world, tmp_path / "b", token=reader)
    assert code == 0, output
    work = await _commit(world, tmp_path / "b", "new.py", "new = 1\n")
    code, output = await world.git("push", "origin", "fix", cwd=work, token=reader)
    assert code != 0
    assert "403" in output


async def test_a_lease_that_a_person_broke_refuses_the_push(world, tmp_path):
    await _clone(world, tmp_path / "a")
    work = await _commit(world, tmp_path / "a", "new.py", "new = 1\n")
    await world.git("push", "-q", "origin", "fix", cwd=work)
    mine = (await world.git("rev-parse", "HEAD", cwd=work))[1].strip()
    await world.control.act("ada", "push", world.repository, branch="fix", files={"ada.py": "1\n"})
    await _commit(world, tmp_path / "a", "more.py", "more = 1\n")
    code, output = await world.git("push", f"--force-with-lease=fix:{mine}", "origin", "fix", cwd=work)
    assert code != 0
    assert "stale info" in output


async def test_a_workflow_change_needs_the_workflows_permission(world, tmp_path):
    await _clone(world, tmp_path / "a")
    work = await _commit(world, tmp_path / "a", ".github/workflows/ci.yml", "on: push\n")
    code, output = await world.git("push", "origin", "fix", cwd=work)
    assert code != 0
    assert "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml`" in output
    assert "refs/heads/fix" not in (await world.control.state(world.repository))["refs"]
    await world.control.change_app(world.app["id"], permissions={"contents": "write", "workflows": "write"})
    await world.control.act("acme", "accept_permissions", world.repository, app="handoff")
    code, output = await world.git("push", "origin", "fix", cwd=work)
    assert code != 0, "a token keeps the permissions it was minted with"
    token = (await world.mint())["token"]
    code, output = await world.git("push", "origin", "fix", cwd=work, token=token)
    assert code == 0, output


async def test_a_push_to_the_default_branch_by_an_app_is_allowed_and_written_down(world, tmp_path):
    await _clone(world, tmp_path / "a")
    work = await _commit(world, tmp_path / "a", "new.py", "new = 1\n", branch="main")
    code, output = await world.git("push", "origin", "main", cwd=work)
    assert code == 0, output
    notes = [note for entry in await world.control.log() for note in entry["notes"]]
    assert "an App pushed to the default branch" in notes


async def test_a_pull_request_has_a_ref_of_its_own_that_nobody_can_push(world, tmp_path):
    number = await world.open_pull({"new.py": "new = 1\n"})
    await _clone(world, tmp_path / "a")
    work = tmp_path / "a" / "work"
    code, output = await world.git("fetch", "-q", "origin", f"refs/pull/{number}/head", cwd=work)
    assert code == 0, output
    code, output = await world.git("push", "origin", f"HEAD:refs/pull/{number}/head", cwd=work)
    assert code != 0


async def test_an_empty_repository_is_empty(world, tmp_path):
    await world.control.add_repository("acme/empty", install_app="handoff")
    token = (await world.mint())["token"]
    answer = await world.rest("GET", "//repos/acme/empty/branches/main", token=token)
    assert answer.status_code == 404
    (tmp_path / "e").mkdir()
    code, output = await world.git("clone", f"{world.url}/acme/empty.git", cwd=tmp_path / "e", token=token)
    assert code == 0, output
    assert "empty repository" in output


async def test_a_local_repository_is_copied_with_its_history(world, tmp_path):
    await _clone(world, tmp_path / "a")
    work = await _commit(world, tmp_path / "a", "new.py", "new = 1\n", branch="trunk")
    made = await world.control.add_repository("acme/copy", from_path=work)
    assert made["default_branch"] == "trunk"
    assert "refs/heads/trunk" in (await world.control.state("acme/copy"))["refs"]
