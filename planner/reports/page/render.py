"""Charts as files: what is drawn as SVG, PNG, or the script that draws it in a browser."""

from __future__ import annotations

import altair as alt
import vl_convert

from planner.reports.page.parts import Drawing

VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
"""the version that Altair writes for"""
LIBRARY = "window.vegaEmbed = vegaEmbed;"
"""the only function of the library that a page uses"""
WIDTH, SCALE = 800, 2.0
"""width of the files of figures [px], and pixels of a PNG for each of these"""


def svg(drawing: Drawing) -> str:
    """A chart as SVG."""
    sized = {**drawing, "width": WIDTH, "config": {**drawing["config"], "font": "sans-serif"}}
    return str(vl_convert.vegalite_to_svg(sized, vl_version=VEGA_LITE))


def png(drawing: Drawing) -> bytes:
    """A chart as PNG."""
    return bytes(vl_convert.svg_to_png(svg(drawing), scale=SCALE))


def library() -> str:
    """The script that draws charts in a browser."""
    return str(vl_convert.javascript_bundle(LIBRARY, vl_version=VEGA_LITE))
