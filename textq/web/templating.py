"""Pages from templates: a typed context in, HTML out, every text escaped."""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from textq.web.preferences import Preferences
from textq.web.prose_language import name_language
from textq.web.static_files import locate_static
from textq.web.words_file import bind_language

if TYPE_CHECKING:
    from starlette.requests import Request

_TEMPLATES = Path(__file__).with_name("templates")


def render(request: "Request", template: str, context: object, *, status: int = 200) -> HTMLResponse:
    """Return a page.

    Parameters
    ----------
    request
        Whose page it is.
    template
        The name of a file in templates. It sees ``c``, the context; ``say(key, **values)``, the words of the page's
        language; ``me``, ``lang``, ``secret``, ``preferences`` (:class:`~textq.web.preferences.Preferences`), ``path``,
        ``has_session``, ``is_shared`` (whether several coders use this server), ``take_note()``, words left by the page
        before, and ``static(name)``, the address of a
        static file. The filter ``language`` names the language of a codebook's prose for the attribute ``lang``.
    context
        What the page shows: a frozen dataclass.
    status
        Of the answer.
    """
    return HTMLResponse(render_text(request, template, context), status)


def render_text(request: "Request", template: str, context: object) -> str:
    """Return the HTML of a template; for parts of a page that are sent alone."""
    state = request.state
    seen: dict[str, Any] = {
        "c": context,
        "say": bind_language(state.lang),
        "me": state.coder,
        "lang": state.lang,
        "secret": state.session.secret if state.session else "",
        "preferences": state.preferences or Preferences(state.lang),
        "path": request.url.path,
        "has_session": state.session is not None,
        "is_shared": state.gate.sessions.needs_pin,
        "take_note": partial(state.gate.sessions.take_note, state.session),
    }
    return _load_environment().get_template(template).render(seen)


@cache
def _load_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = locate_static
    environment.filters["language"] = name_language
    return environment
