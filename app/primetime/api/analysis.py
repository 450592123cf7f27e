"""Asking for an analysis, and how those asked for stand."""

from fastapi import APIRouter

from primetime.analysis.due import require_enough
from primetime.analysis.reading import runs
from primetime.api.services import Connection, Researcher
from primetime.api.shapes import AnalysisList, JobAccepted, JobOut, RunOut
from primetime.jobs.queue import analysis_jobs, enqueue_analysis

router = APIRouter(prefix="/api/v1/analysis", tags=["analysis"])


@router.post("", status_code=202)
def start(_account: Researcher, connection: Connection) -> JobAccepted:
    """409 while one is waiting to run, 400 for fewer articles than topics need."""
    require_enough(connection)
    return JobAccepted(job_id=enqueue_analysis(connection))


@router.get("")
def history(connection: Connection) -> AnalysisList:
    """`items`: the published runs; `jobs`: the analyses asked for from the page, failed ones among them."""
    return AnalysisList(
        items=[RunOut.model_validate(run) for run in runs(connection)],
        jobs=[JobOut.model_validate(job) for job in analysis_jobs(connection)],
    )
