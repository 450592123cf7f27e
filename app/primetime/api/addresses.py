"""One address for each thing: a path of the interface with a slash at its end is the path without it.

The prototype's own paths had the slash. Nobody is redirected: behind a content network the Host that a redirect would
be made of is the origin's, which no browser reaches.
"""

from starlette.types import ASGIApp, Receive, Scope, Send


class OneAddress:
    """Middleware, the outermost: what is asked for is known before anything judges it. The site's paths stay."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await self._app(scope, receive, send)
