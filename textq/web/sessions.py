"""Who is signed in: the token of the link, and sessions, which live as long as the process."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser.

    Attributes
    ----------
    name
        What its cookie holds; known to no page.
    coder
        Who works in it.
    secret
        What every form of its pages sends along, so that no other page can write in its name.
    """

    name: str
    coder: str
    secret: str


class Sessions:
    """The sessions of one start of the server.

    Attributes
    ----------
    coders : tuple of str
        Who may sign in.
    needs_pin : bool
        Whether the link leads to a form that asks for name and PIN; else it signs in the one coder, once.
    token : str
        What the link holds. It is never the name of a session: cookies are not kept apart by port, so that another
        server on this machine gets to see them.
    """

    def __init__(self, coders: Sequence[str], *, needs_pin: bool) -> None:
        self.coders = tuple(coders)
        self.needs_pin = needs_pin
        self.token = secrets.token_urlsafe(32)
        self._is_used = False
        self._lock = Lock()
        self._by_name: dict[str, Session] = {}
        self._notes: dict[str, str] = {}

    def is_token(self, token: str) -> bool:
        """Return whether this is the token of the link, in the same time whatever it is."""
        return secrets.compare_digest(token.encode(), self.token.encode())

    def redeem(self, token: str) -> Session | None:
        """Return a new session of the one coder for the token; None for another one, or the second time."""
        with self._lock:
            if self.needs_pin or self._is_used or not self.is_token(token):
                return None
            self._is_used = True
        return self.start(self.coders[0])

    def start(self, coder: str) -> Session:
        """Return a new session of a coder."""
        session = Session(secrets.token_urlsafe(32), coder, secrets.token_urlsafe(32))
        self._by_name[session.name] = session
        return session

    def find(self, name: str | None) -> Session | None:
        """Return the session that a cookie names."""
        return self._by_name.get(name) if name else None

    def end(self, session: Session) -> None:
        """Sign out."""
        self._by_name.pop(session.name, None)
        self._notes.pop(session.name, None)

    def leave_note(self, session: Session, note: str) -> None:
        """Leave words for the next page that the session shows."""
        self._notes[session.name] = note

    def take_note(self, session: Session | None) -> str:
        """Return the words left for this page, once; ``""`` without any."""
        return self._notes.pop(session.name, "") if session else ""


def name_cookie(port: int) -> str:
    """Return the name of the cookie: cookies of one machine's servers are told apart by it alone."""
    return f"textq-{port}"
