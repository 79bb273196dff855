"""The pages, put together behind the guard."""

from collections.abc import Sequence
from dataclasses import replace
from traceback import print_exception
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from textq.errors import TextqError
from textq.web import (
    adjudicate,
    agreement,
    browse,
    bulk,
    card,
    codebook_page,
    dashboard,
    document,
    draw,
    exchange,
    log,
    page_image,
    settings,
    sign_in,
    static_files,
)
from textq.web.pins import Attempts
from textq.web.refusals import answer_refusal, answer_trouble
from textq.web.security import Gate, Guard
from textq.web.sessions import Sessions

if TYPE_CHECKING:
    from textq.pipeline.review_open import ReviewStudy

ROUTES: Sequence[BaseRoute] = (
    *sign_in.ROUTES,
    *static_files.ROUTES,
    *dashboard.ROUTES,
    *draw.ROUTES,
    *browse.ROUTES,
    *bulk.ROUTES,
    *document.ROUTES,
    *page_image.ROUTES,
    *codebook_page.ROUTES,
    *log.ROUTES,
    *card.ROUTES,
    *settings.ROUTES,
    *adjudicate.ROUTES,
    *agreement.ROUTES,
    *exchange.ROUTES,
)
"""Every page, by its address."""


def create_app(study: "ReviewStudy", gate: Gate | None = None) -> Starlette:
    """Return the application.

    Parameters
    ----------
    study
        What is reviewed, and by whom.
    gate
        Who is let in where; by default the coders of the study on this machine: one by the link alone, several with
        PINs. The token of the link is ``app.state.gate.sessions.token``.
    """
    gate = gate or open_gate(study)
    app = Starlette(
        routes=list(ROUTES),
        middleware=[Middleware(Guard, gate=gate)],
        exception_handlers={HTTPException: answer_refusal, TextqError: answer_trouble},
    )
    app.router.redirect_slashes = False
    app.state.gate = gate
    app.state.tries = Attempts()
    return app


def open_gate(study: "ReviewStudy") -> Gate:
    """Return the gate of a server on this machine alone."""
    gate = Gate(study, Sessions(study.coders, needs_pin=len(study.coders) > 1), lang=study.lang)
    return replace(gate, report=print_exception)
