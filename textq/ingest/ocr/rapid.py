"""Text of a page's image by the library rapidocr (extra ``ocr``), the models of its own wheel, never by download."""

from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textq.errors import ReadError
from textq.ingest.ocr.recogniser import PageImage, RecognisedLine, Recogniser

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DPI = 200
"""Enough for the small type of footnotes; at 300 a page takes twice as long and is read no better."""

_SETTINGS = {
    "Global.log_level": "error",
    # Lines are told upside down one by one; a page upside down would still be read from its end.
    "Global.use_cls": False,
    # A line that was seen is never dropped silently: its confidence goes to the user instead.
    "Global.text_score": 0.0,
    # Pages come in the size that suits; shrunk to the library's own limit, tall ones become illegible.
    "Global.max_side_len": 100_000,
    # One thread: the same sums in the same order, and files are what is read in parallel.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


def find_rapid() -> Recogniser | None:
    """Return rapidocr if it and onnxruntime are installed."""
    if util.find_spec("rapidocr") is None or util.find_spec("onnxruntime") is None:
        return None
    return Recogniser(f"rapidocr {metadata.version('rapidocr')}", _DPI, _recognise_page)


def _recognise_page(image: PageImage) -> list[RecognisedLine]:
    import numpy as np

    found = _load_engine()(np.repeat(image.grey[:, :, None], 3, axis=2))
    if found.txts is None:
        return []
    return [
        _make_line(text, float(confidence), corners / image.scale, image.page)
        for text, confidence, corners in zip(found.txts, found.scores, found.boxes, strict=True)
    ]


@cache
def _load_engine() -> Any:
    """Return the engine, made once a process from the models that the wheel brought."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise ReadError(f"rapidocr is installed but does not load ({error}). Install textq[ocr] anew.") from error
    models = {"Det.model_path": str(_find_model("det")), "Rec.model_path": str(_find_model("rec"))}
    return RapidOCR(params=_SETTINGS | models)


def _find_model(task: str) -> Path:
    """Return the one model for a task among the files of the wheel; a file that is named is not downloaded."""
    files = metadata.files("rapidocr") or []
    models = [file for file in files if file.suffix == ".onnx" and f"_{task}_" in file.name]
    if len(models) != 1 or not Path(str(models[0].locate())).is_file():
        raise ReadError(
            f"the installed rapidocr brings no model ({task}) in its wheel, and none is downloaded. "
            "Install textq[ocr] anew, or Tesseract with its language chi_sim."
        )
    return Path(str(models[0].locate()))


def _make_line(text: str, confidence: float, corners: "NDArray[np.float64]", page: int) -> RecognisedLine:
    """Return a line; ``corners``, in points, are of shape (4, 2), clockwise from the top left.

    A line that runs askew keeps its height, so that it does not reach into its neighbours.
    """
    middle = float(corners[:, 1].mean())
    half = float(corners[2:, 1].mean() - corners[:2, 1].mean()) / 2
    left, right = float(corners[:, 0].min()), float(corners[:, 0].max())
    return RecognisedLine(text, page, left, middle - half, right, middle + half, confidence)
