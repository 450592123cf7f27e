"""The errors that reach a person: one line of cause, one line of remedy, one exit status."""

# ruff: noqa: N818 (the names say what happened: Busy, NotFound)


class PrimeTimeError(Exception):
    """Something a person can act upon.

    `str(error)` is the cause in one line, `error.remedy` what to do about it in one line (it may be empty),
    `error.exit_status` what the command line ends with.
    """

    exit_status = 1

    def __init__(self, cause: str, *, remedy: str = "") -> None:
        super().__init__(cause)
        self.remedy = remedy

    @property
    def one_line(self) -> str:
        """Cause and remedy together, as the command line prints them."""
        cause = " ".join(str(self).split())
        return f"{cause}; {self.remedy}" if self.remedy else cause


class BadInput(PrimeTimeError):
    """A file, an argument or a setting cannot be used as it is."""

    exit_status = 3


class DatabaseUnavailable(PrimeTimeError):
    """PostgreSQL cannot be reached, or its schema is not the one this release needs."""

    exit_status = 4


class ModelProblem(PrimeTimeError):
    """The encoder's artifact is missing, damaged, or does not reproduce its golden vectors."""

    exit_status = 5


class Busy(PrimeTimeError):
    """Something that runs one at a time is running already."""

    exit_status = 6


class NotFound(PrimeTimeError):
    """What was asked for does not exist."""

    exit_status = 7


class NotAllowed(PrimeTimeError):
    """The account may not do this, or nobody is signed in."""

    exit_status = 8


class SourceUnavailable(PrimeTimeError):
    """PubMed or a citation source cannot be reached, or refuses."""

    exit_status = 12


class MailUnavailable(PrimeTimeError):
    """No e-mail can be sent now: the mail server is away, or refuses."""

    exit_status = 14


class StorageUnavailable(PrimeTimeError):
    """The exports bucket cannot be reached, or refuses."""

    exit_status = 13


class Contradiction(PrimeTimeError):
    """A published figure, its receipt and what is stored of either do not agree."""

    exit_status = 15


def line_of_job(error: Exception) -> str:
    """Why a job failed, in one line that a reader of the site may see."""
    if isinstance(error, PrimeTimeError):
        return error.one_line
    return f"unexpected {type(error).__name__}; look at the worker's log"
