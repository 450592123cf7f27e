"""The analysis of one search's articles by themselves: asked for, looked at, deleted."""

from fastapi import APIRouter, Response

from primetime.analysis.due import require_enough
from primetime.analysis.reading import latest_run
from primetime.analysis.running import STEPS
from primetime.analysis.storing import forget_scope, search_scope
from primetime.api.searches import SearchId
from primetime.api.services import Connection, Researcher
from primetime.api.shapes import JobAccepted, JobOut, RunOut, SearchAnalysisOut
from primetime.errors import Busy, NotFound
from primetime.jobs.history import work_runs
from primetime.jobs.queue import JobState, analysis_jobs, enqueue_analysis
from primetime.searches import storing

router = APIRouter(prefix="/api/v1/searches/{search_id}/analysis", tags=["searches"])
# Before an analysis's own steps its articles are encoded.
_STEPS = 1 + len(STEPS)


@router.post("", status_code=202)
def start(search_id: SearchId, _account: Researcher, connection: Connection) -> JobAccepted:
    """409 while one of this search waits or is under way, or the search itself is; 400 for fewer articles than topics
    need.
    """
    search = storing.find_search(connection, search_id)
    if search.state in ("planned", "running"):
        raise Busy(f"search {search_id} is under way", remedy="wait until it has ended")
    require_enough(connection, storing.fetched_pmids(connection, search_id))
    if _unfinished(analysis_jobs(connection, limit=1, search_id=search_id)):
        raise Busy(f"search {search_id} is being analysed already", remedy="wait for it")
    return JobAccepted(job_id=enqueue_analysis(connection, search_id))


@router.get("")
def look(search_id: SearchId, connection: Connection) -> SearchAnalysisOut:
    """The newest published one, and how the newest that was asked for stands, step by step."""
    storing.require(connection, search_id)
    scope = search_scope(search_id)
    run = latest_run(connection, scope)
    job = next(iter(analysis_jobs(connection, limit=1, search_id=search_id)), None)
    recorded = next(iter(work_runs(connection, limit=1, scope=scope)), None)
    steps = recorded.steps if recorded is not None and recorded.outcome == "running" else []
    return SearchAnalysisOut(
        scope=scope,
        run=RunOut.model_validate(run) if run else None,
        job=JobOut.model_validate(job) if job else None,
        step=steps[-1].name if steps else None,
        steps_done=sum(step.outcome == "done" for step in steps),
        steps=_STEPS,
        cause=recorded.cause if recorded is not None and recorded.outcome in ("failed", "lost") else "",
    )


@router.delete("", status_code=204)
def delete(search_id: SearchId, _account: Researcher, connection: Connection) -> Response:
    """Forget all analyses of this search. 404 where there is none, 409 while one is under way."""
    storing.require(connection, search_id)
    if _unfinished(analysis_jobs(connection, limit=1, search_id=search_id)):
        raise Busy(f"search {search_id} is being analysed", remedy="wait until that has ended")
    if forget_scope(connection, search_scope(search_id)) == 0:
        raise NotFound(f"search {search_id} was not analysed by itself", remedy="there is nothing to delete")
    return Response(status_code=204)


def _unfinished(jobs: list[JobState]) -> bool:
    return bool(jobs) and jobs[0].status in ("todo", "doing")
