"""The files in the folder of a case: which are read, and which are not although they seem to belong to it.

Nothing is passed over in silence but documents (text, pages, pictures, programs) and what systems and editors leave:

    a table, `case.toml`                        read
    any other `.csv` file that is not hidden    an error
    named like a table that is absent, or like  an error: without it the case would say something else
    a `case.toml` that is absent
    named like one that is there                a warning: a copy, an earlier state, the workbook it was made with
    a folder with tables in it                  an error where one of them is absent beside it, else a warning
    anything else                               a warning
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from planner.basics import inputs
from planner.basics.errors import DataError, Problem
from planner.common import settings
from planner.common.recognised import described
from planner.interfaces.catalogue import Catalogue
from planner.tables.cells import shown
from planner.tables.references import suggestion

DOCUMENTS = re.compile(
    r"\.(md|markdown|rst|adoc|txt|log|tex|bib|pdf|e?ps|docx?|odt|rtf|pages|pptx?|odp|key|x?html?|css|js|eml|msg|url"
    r"|png|jpe?g|gif|svg|webp|bmp|tiff?|heic|ico|drawio|ipynb|py|r|jl|sh|ps1|bat|sql|mk)"
)
"""endings of files that are no data of a case"""
PLAIN = frozenset(
    {"readme", "license", "licence", "copying", "notice", "authors", "changelog", "makefile", "dockerfile"}
)
"""names of documents without an ending"""
COULD_HOLD_A_TABLE = re.compile(r"\.(txt|log|html?|key|pages)")
"""endings of documents that may be tables all the same if they are named like one"""
LEFT_BY_SYSTEMS = re.compile(
    r"\.DS_Store|Thumbs\.db|desktop\.ini|Icon\r|\.git.*|\.hg.*|\.svn|\.editorconfig|\.pre-commit-config\.yaml"
    r"|\._.*|\.~lock\..*#|~\$.*|\.#.*|\..*\.sw[a-p]|\.nfs.*|\.fuse_hidden.*|\..*\.lock|\..*\.(partial|replaced)-.*"
    r"|\.ipynb_checkpoints|__pycache__|\.idea|\.vscode|\.venv|\.ruff_cache|\.mypy_cache|\.pytest_cache"
)
"""files and folders that systems, editors and this planner leave; none holds a table of its own"""
OF_A_PLAN = "case"
"""folder of the case in the folder of a plan"""
CLOSE = 0.85
"""likeness from which a name is taken for another one mistyped"""
MOST_LISTED = 25
"""how many files that are not read are named"""
_WORD = re.compile(r"[a-z0-9]+")
_ADDED = re.compile(
    r"csv|tsv|tab|toml|txt|xls[xm]?|ods|bak|backup|old|orig|new|copy|of|final|tmp|temp|saved?|draft|the|my|gz|zip|bz2|xz"
    r"|zst|7z|tar|json|ya?ml|parquet|numbers|table|sheets?[0-9]*|v[0-9]+"
)
"""words that people and programs put around the name of a file"""


@dataclass(frozen=True)
class Found:
    """What the folder of a case holds."""

    files: Mapping[str, bytes]
    """content of `case.toml` and of the files of tables, by name"""
    problems: Sequence[Problem]
    """files that cannot be read, or that the case would miss"""
    unread: tuple[Problem, ...]
    """files that are not read and that the case does not miss"""


def read(folder: Path, catalogue: Catalogue) -> Found:
    """What a folder holds. Raises DataError where there is none, or where it is known to hold something else."""
    kind = inputs.kind_of(folder)
    if kind != "a folder":
        found = "no such folder" if kind == "a file" and not folder.is_file() else described(folder) or kind
        raise DataError([Problem(str(folder), None, "", "a folder with a case", found)])
    there = inputs.names_in(folder)
    inside = folder / OF_A_PLAN
    if settings.FILE not in there and (what := described(folder)):
        raise DataError([Problem(str(folder), None, "", "a folder with a case", what)])
    if settings.FILE not in there and (inside / settings.FILE).is_file():
        raise DataError([Problem(str(folder), None, "", "a folder with a case", f"one with a case in it, {inside}")])
    ours = _ours(catalogue)
    problems, unread = misnamed(there, catalogue, folder)
    files: dict[str, bytes] = {}
    for name in there:
        if name in ours:
            most = inputs.MOST_BYTES_TOML if name == settings.FILE else inputs.MOST_BYTES
            try:
                files[name] = inputs.read_file(folder / name, most)
            except DataError as error:
                problems += error.problems
    return Found(files, problems, tuple(unread))


def made_of(files: Mapping[str, bytes], catalogue: Catalogue) -> Found:
    """What files with this content would be in the folder of a case."""
    problems, unread = misnamed(sorted(files), catalogue, None)
    return Found({name: data for name, data in files.items() if name in _ours(catalogue)}, problems, tuple(unread))


def misnamed(names: Sequence[str], catalogue: Catalogue, folder: Path | None) -> tuple[list[Problem], list[Problem]]:
    """The problems of files that the case would miss, and those of files that are not read, by their names.

    In `folder`, if it is given, folders are told from files.
    """
    ours = _ours(catalogue)
    missed: list[Problem] = []
    unread: list[Problem] = []
    for name in names:
        if name in ours or LEFT_BY_SYSTEMS.fullmatch(name):
            continue
        is_folder = folder is not None and inputs.kind_of(folder / name) == "a folder"
        like = _like(name, ours)
        ending = Path(name.lower()).suffix
        if ending == ".csv" and not name.startswith("."):
            missed.append(Problem(name, None, "", "a table of a case", _said(name, is_folder) + suggestion(name, ours)))
        elif like and like not in names:
            expected = f"{settings.FILE}, the settings" if like == settings.FILE else f"a table as text, {like}"
            missed.append(Problem(name, None, "", expected, _said(name, is_folder)))
        elif like:
            unread.append(Problem(name, None, "", f"only {like}, which is read", f"{_said(name, is_folder)} too"))
        elif is_folder:
            for holds, problem in _folder_of_tables(Path(str(folder)) / name, ours):
                (unread if holds in names else missed).append(problem)
        elif not _document(name):
            said = _said(name, is_folder) + suggestion(name, ours)
            unread.append(Problem(name, None, "", "a file of a case or a document", said))
    if len(unread) > MOST_LISTED:
        more = f"{len(unread) - MOST_LISTED:,} more"
        unread[MOST_LISTED:] = [Problem("…", None, "", "files of a case or documents", more)]
    return missed, unread


def _ours(catalogue: Catalogue) -> frozenset[str]:
    """Names of all files that a case may have."""
    return frozenset({settings.FILE, *(row.about.file for row in catalogue.tables)})


def _said(name: str, is_folder: bool) -> str:
    return f"a folder {shown(name)}" if is_folder else shown(name)


def _document(name: str) -> bool:
    path = Path(name.lower())
    return DOCUMENTS.fullmatch(path.suffix) is not None or (not path.suffix and path.stem in PLAIN)


def _like(name: str, ours: Collection[str]) -> str:
    """The file of a case that a name resembles; empty where it is a document or resembles none.

    It does if its words are those of the file's name, or mistyped, with words around them such as `old` or `copy`.
    """
    if _document(name) and not COULD_HOLD_A_TABLE.fullmatch(Path(name.lower()).suffix):
        return ""
    stems = {file.rpartition(".")[0]: file for file in ours}
    by_words = {tuple(stem.split("_")): file for stem, file in stems.items()}
    whole = unicodedata.normalize("NFKC", name).casefold()
    cores = [_core(whole.lstrip(".").partition(".")[0]), _core(whole)]
    for core in cores:
        if (file := by_words.get(tuple(core))) is not None:
            return file
    if _document(name):
        return ""
    for core in filter(None, cores):
        if close := get_close_matches("_".join(core)[:100], sorted(stems), n=1, cutoff=CLOSE):
            return stems[close[0]]
    inside = [each for each in by_words if each != ("case",) and _within(each, cores[1])]
    return by_words[max(inside, key=len)] if inside else ""


def _core(text: str) -> list[str]:
    """The words of a name without numbers and without those that people and programs put around it."""
    words = [word for word in _WORD.findall(text) if not word.isdigit()]
    return [word for word in words if not _ADDED.fullmatch(word)] or words


def _within(words: tuple[str, ...], among: Sequence[str]) -> bool:
    """Whether the words stand side by side among others."""
    return any(tuple(among[i : i + len(words)]) == words for i in range(len(among) - len(words) + 1))


def _folder_of_tables(folder: Path, ours: Collection[str]) -> Iterator[tuple[str, Problem]]:
    """The tables in a folder that is neither a case nor a plan by itself, each with its problem."""
    there: list[str] = []
    with suppress(DataError):
        there = inputs.names_in(folder)
    if settings.FILE not in there:
        for name in there:
            if name in ours:
                found = f"it in a folder {shown(folder.name)}"
                yield name, Problem(folder.name, None, "", f"{name} beside {settings.FILE}", found)
