"""What the score was worth on the stored corpus: the newest backtest, bad or good."""

from fastapi import APIRouter

from primetime.analysis.backtests import latest_backtest
from primetime.api.services import Connection
from primetime.api.shapes import BacktestOut
from primetime.errors import NotFound

router = APIRouter(prefix="/api/v1/backtest", tags=["analysis"])


@router.get("")
def backtest(connection: Connection) -> BacktestOut:
    found = latest_backtest(connection)
    if found is None:
        raise NotFound(
            "the score has not been judged on this corpus yet",
            remedy="run `primetime backtest`, or wait for the night's work",
        )
    return BacktestOut.model_validate(found)
