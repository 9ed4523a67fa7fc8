"""Jobs at the points of their life that most tests begin with."""

import pytest

from app.domain.decide import open_job
from app.domain.job import Job
from tests.builders import published, requested


@pytest.fixture
def new_job() -> Job:
    return open_job(requested()).job


@pytest.fixture
def published_job(new_job: Job) -> Job:
    return published(new_job)
