"""What ran by itself or was asked for, step by step."""

from typing import Annotated

from fastapi import APIRouter, Query

from primetime.api.services import Connection
from primetime.api.shapes import WorkRunList, WorkRunOut
from primetime.jobs.history import work_runs

router = APIRouter(prefix="/api/v1/runs", tags=["runs"])


@router.get("")
def runs(connection: Connection, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> WorkRunList:
    """Newest first. An outcome is running, done, failed, or lost: its process ended without a word.

    A step that had too little to do anything with is skipped, and its cause says what it lacked.
    """
    return WorkRunList(items=[WorkRunOut.model_validate(run) for run in work_runs(connection, limit=limit)])
