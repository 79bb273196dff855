"""The way in: the link with its token, and the form for name and PIN where several coders use one server."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from textq.web.pins import Attempts, is_pin
from textq.web.security import find_port
from textq.web.sessions import Session, Sessions, name_cookie
from textq.web.templating import render

if TYPE_CHECKING:
    from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class SignIn:
    """The form: the token of the link, who can sign in, who tried, and the key of what went wrong."""

    token: str
    coders: tuple[str, ...]
    coder: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The page between the link and the first page, for browsers that would not send the cookie at once."""

    coder: str


async def show_sign_in(request: "Request") -> Response:
    """Sign the one coder in by the token of the link, or show the form; who is signed in goes on."""
    sessions: Sessions = request.state.gate.sessions
    if request.state.session is not None:
        return RedirectResponse("/", 303)
    token = request.query_params.get("token", "")
    if sessions.needs_pin:
        if not sessions.is_token(token):
            raise HTTPException(401, detail="link")
        return render(request, "sign_in.html", SignIn(token, sessions.coders))
    session = sessions.redeem(token) if request.method == "GET" else None
    if session is None:
        raise HTTPException(401, detail="used" if sessions.is_token(token) else "link")
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        # The link was followed from another site's page: the browser keeps the cookie back until this page goes on.
        return _set_cookie(request, session, render(request, "welcome.html", Welcome(session.coder)))
    return _set_cookie(request, session, RedirectResponse("/", 303))


async def sign_in(request: "Request") -> Response:
    """Take name and PIN; a wrong PIN slows down the next try."""
    sessions: Sessions = request.state.gate.sessions
    form = request.state.form
    token, coder, pin = (str(form.get(name, "")) for name in ("token", "coder", "pin"))
    if not sessions.needs_pin or not sessions.is_token(token):
        raise HTTPException(401, detail="link")
    tries: Attempts = request.app.state.tries
    known = coder if coder in sessions.coders else ""
    wait = tries.begin(known)
    if wait is None:
        shown = SignIn(token, sessions.coders, coder, "sign_in.locked")
        return render(request, "sign_in.html", shown, status=429)
    await anyio.sleep(wait)
    store = request.state.study.store
    is_right = await anyio.to_thread.run_sync(is_pin, store, known, pin.strip())
    if not (is_right and known):
        return render(request, "sign_in.html", SignIn(token, sessions.coders, coder, "sign_in.wrong"), status=401)
    tries.succeed(known)
    return _set_cookie(request, sessions.start(known), RedirectResponse("/", 303))


async def sign_out(request: "Request") -> Response:
    """End the session."""
    sessions: Sessions = request.state.gate.sessions
    sessions.end(request.state.session)
    response = RedirectResponse(f"/auth?token={sessions.token}" if sessions.needs_pin else "/", 303)
    response.delete_cookie(name_cookie(find_port(request.scope)), httponly=True, samesite="strict")
    return response


def _set_cookie(request: "Request", session: Session, response: Response) -> Response:
    name = name_cookie(find_port(request.scope))
    response.set_cookie(name, session.name, httponly=True, samesite="strict", path="/")
    return response


ROUTES = (
    Route("/auth", show_sign_in),
    Route("/auth", sign_in, methods=["POST"]),
    Route("/leave", sign_out, methods=["POST"]),
)
