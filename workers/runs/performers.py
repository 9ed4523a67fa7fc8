"""Which function performs which stage. A new stage is one more row; a test sees to it that none is missing."""

from app.domain.agenda import Stage
from workers.perform import Performer
from workers.runs.check import check
from workers.runs.configure import configure
from workers.runs.fix import fix
from workers.runs.implement import implement
from workers.runs.propose import propose
from workers.runs.publish import publish
from workers.runs.rebase import rebase
from workers.runs.review import review
from workers.runs.revise import revise

PERFORMERS: dict[Stage, Performer] = {
    Stage.IMPLEMENT: implement,
    Stage.CHECK: check,
    Stage.FIX: fix,
    Stage.REVISE: revise,
    Stage.REBASE: rebase,
    Stage.PUBLISH: publish,
    Stage.REVIEW: review,
    Stage.CONFIGURE: configure,
    Stage.PROPOSE: propose,
}
