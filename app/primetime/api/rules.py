"""What each path is: who may use it, what it counts as, and how long its answers may be kept. One table, read first."""

import re
from dataclasses import dataclass
from functools import lru_cache

from primetime.accounts.people import Role
from primetime.accounts.tokens import Scope
from primetime.api.allowance import Use

_READING = frozenset({"GET", "HEAD"})
MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What holds for the requests of one method to the paths that a pattern matches."""

    role: Role | None  # the least role; None: needs no account
    use: Use | None  # what it counts as; None: it is not counted
    scope: Scope | None = None  # what a token needs; None: no token will do, only a session
    public: bool = False  # may be read without an account where the platform is set to allow that
    keep: int = 0  # seconds for which the answer may be kept, the same for everybody; 0: never
    recorded: bool = True  # whether what it changes leaves a record; False: it changes nothing that anybody else sees

    def leaves_record(self, method: str) -> bool:
        """Whether a request that succeeds is in the audit trail: it has changed something, or taken articles away."""
        return self.recorded and (method not in _READING or self.use is Use.EXPORT)


@dataclass(frozen=True, kw_only=True)
class _Paths:
    pattern: re.Pattern[str]
    read: Rule
    change: Rule


def rule_of(method: str, path: str) -> Rule:
    """The rule for a path under /api. What the table does not name is for readers to read, researchers to change."""
    paths = _paths_of(path)
    return paths.read if method in _READING else paths.change


def _paths(pattern: str, read: Rule, change: Rule | None = None) -> _Paths:
    return _Paths(pattern=re.compile(pattern, re.DOTALL), read=read, change=change or _CHANGE)


def _kept(seconds: int, use: Use = Use.GENERAL, scope: Scope = Scope.READ) -> Rule:
    return Rule(role=Role.READER, use=use, scope=scope, public=True, keep=seconds)


_READ = Rule(role=Role.READER, use=Use.GENERAL, scope=Scope.READ)
_CHANGE = Rule(role=Role.RESEARCHER, use=Use.GENERAL, scope=Scope.WRITE)
_OPEN = Rule(role=None, use=None)
_OWN = Rule(role=Role.READER, use=Use.GENERAL)
_ADMINISTRATOR = Rule(role=Role.ADMINISTRATOR, use=Use.GENERAL)
_MODEL = Rule(role=Role.READER, use=Use.MODEL, scope=Scope.MODEL, recorded=False)
_START_SEARCH = Rule(role=Role.RESEARCHER, use=Use.SEARCH, scope=Scope.SEARCH)
_EXPORT = Rule(role=Role.READER, use=Use.EXPORT, scope=Scope.EXPORT)
_EXPORTS = Rule(role=Role.READER, use=Use.GENERAL, scope=Scope.EXPORT)
_SEEN = Rule(role=Role.READER, use=Use.GENERAL, scope=Scope.WRITE, recorded=False)
_COUNT = Rule(role=Role.READER, use=Use.GENERAL, scope=Scope.SEARCH, recorded=False)
_SIGN_IN = Rule(role=None, use=Use.SIGN_IN, recorded=False)  # each tells of itself, also of what it refuses

# The first that matches a whole path counts. Seconds kept: answers 5 to 60 minutes, queries 15, what a model made 24
# hours; all of them at most until the articles or the analyses change.
_TABLE = (
    _paths(r"/api/(health|ready)", _OPEN),
    _paths(r"/api/v1/session", Rule(role=Role.READER, use=Use.GENERAL, scope=Scope.READ, public=True), _SIGN_IN),
    _paths(r"/api/v1/invitations/(shown|accepted)", _SIGN_IN, _SIGN_IN),
    _paths(r"/api/v1/account(/.*)?", _OWN, _OWN),
    _paths(r"/api/v1/alerts(/seen)?", _READ, _SEEN),
    _paths(r"/api/v1/saved-searches/\d+/mail", _OWN, _OWN),
    _paths(r"/api/v1/(accounts|invitations|audit)(/.*)?", _ADMINISTRATOR, _ADMINISTRATOR),
    _paths(r"/api/v1/articles/\d+", _kept(HOUR)),
    _paths(r"/api/v1/articles/\d+/similar", _kept(24 * HOUR)),
    _paths(r"/api/v1/articles", _kept(15 * MINUTE)),
    _paths(r"/api/articles/\d+", _kept(15 * MINUTE)),
    _paths(r"/api/articles", _kept(0)),  # a search's articles grow without any article being changed
    _paths(r"/api/v1/dashboard", _kept(5 * MINUTE)),
    _paths(r"/api/v1/(topics(/.*)?|opportunities)", _kept(HOUR)),
    _paths(r"/api/v1/search", _kept(24 * HOUR, Use.SEARCH, Scope.SEARCH)),
    _paths(r"/api/v1/gaps", _kept(24 * HOUR, Use.SEARCH, Scope.SEARCH)),
    _paths(r"/api(/v1)?/search/.*", _READ, _START_SEARCH),
    _paths(r"/api(/v1)?/searches", _READ, _START_SEARCH),
    _paths(r"/api/v1/saved-searches/\d+/run", _READ, _START_SEARCH),
    _paths(r"/api/v1/(searches/\d+/)?analysis", _READ, Rule(role=Role.RESEARCHER, use=Use.MODEL, scope=Scope.WRITE)),
    # Counting what a query would find: a reader may, and does so with every word that is switched.
    _paths(r"/api/v1/queries(/text)?", _READ, _COUNT),
    _paths(r"/api/v1/embed", _MODEL, _MODEL),
    _paths(r"/api(/v1)?/keywords(/.*)?", _MODEL, _MODEL),
    _paths(r"/api(/v1)?/export(/.*)?", _EXPORT, _EXPORT),
    _paths(r"/api/v1/exports", _EXPORTS, _EXPORT),
    _paths(r"/api/v1/exports/\d+", _EXPORTS, _EXPORTS),
    _paths(r"/api/.*|/api", _READ),
)


@lru_cache(maxsize=4096)
def _paths_of(path: str) -> _Paths:
    return next(paths for paths in _TABLE if paths.pattern.fullmatch(path))
