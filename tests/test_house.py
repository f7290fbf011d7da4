"""The rules of the house: documented, light to start, and free of what does not belong in it."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import insole

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "insole"
MODULES = sorted(PACKAGE.rglob("*.py"))

HEAVY = {"numpy", "scipy", "pandas", "matplotlib", "bleak"}
LONGEST_FILE = 400
FORBIDDEN_NAMES = {"utils", "util", "manager", "handler", "process", "data", "misc", "base2", "new"}

SHAPE = re.compile(r"\((?:[a-z]|\d+)(?:, ?(?:[\w·*]+))*,?\)|\bper \w+\b|SampleTable|SensorMap")
UNIT = re.compile(
    r"(?<!')\b(?:s|ms|ns|N|newton|body weights?|counts|mm|mm²|deg|degrees|g|dps|Hz|kg|ticks|bytes"
    r"|samples|ppm|fraction|unit)\b"
)
TABLE = re.compile(r"\b(?:NDArray|ndarray|DataFrame|Series)\b")


# What is documented -----------------------------------------------------------------------------


def public(tree, prefix=""):
    """Yield name and node of each public function, method and class."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_"):
                continue
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}{node.name}.")


def sections(docstring):
    """Return the text of each numpydoc section by its title."""
    lines = (docstring or "").splitlines()
    found, title = {}, None
    for line, following in pairwise([*lines, ""]):
        if line.strip() and re.fullmatch(r"-{3,}", following.strip()):
            title = line.strip()
            found[title] = []
        elif title and not re.fullmatch(r"-{3,}", line.strip()):
            found[title].append(line)
    return found


def entries(lines):
    """Return the text of each parameter of a section, in order."""
    found, names = {}, []
    for line in lines:
        if line and not line.startswith(" "):
            head = line.split(" : ")[0]
            names = [name.strip().lstrip("*") for name in head.split(",")]
        for name in names:
            found[name] = f"{found.get(name, '')}\n{line}"
    return found


def parameters(node):
    """Return the annotation of each parameter by name, in order, without self and cls."""
    a = node.args
    every = [*a.posonlyargs, *a.args, a.vararg, *a.kwonlyargs, a.kwarg]
    known = [one for one in every if one is not None and one.arg not in {"self", "cls"}]
    return {one.arg: ast.unparse(one.annotation) if one.annotation else "" for one in known}


def array_aliases(tree):
    """Return a pattern for the names that a module gives to array types."""
    names = [
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.value is not None
        and TABLE.search(ast.unparse(node.value))
        and "TypeAlias" in ast.unparse(node.annotation)
    ]
    return re.compile(rf"\b(?:{'|'.join(names)})\b") if names else TABLE


def undocumented(source):
    """Return what the docstrings of one module lack, one sentence each."""
    tree = ast.parse(source)
    alias, missing = array_aliases(tree), []
    for name, node in public(tree):
        doc = ast.get_docstring(node)
        place = f"line {node.lineno}, {name}"
        if not doc:
            missing.append(f"{place}: has no docstring")
            continue
        if isinstance(node, ast.ClassDef):
            continue
        described = entries(sections(doc).get("Parameters", []))
        expected = parameters(node)
        if described and sorted(described) != sorted(expected):
            missing.append(f"{place}: describes {list(described)}, takes {list(expected)}")
        for parameter, annotation in expected.items():
            is_array = TABLE.search(annotation) or alias.search(annotation)
            # a function that one sentence describes names the unit or shape there
            text = described.get(parameter, "") if described else doc
            if is_array and not (SHAPE.search(text) or UNIT.search(text)):
                missing.append(f"{place}: {parameter} has neither shape nor unit")
    return missing


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_is_documented(path):
    assert not undocumented(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def f(): pass", "no docstring"),
        ("class A:\n '''A.'''\n def f(self): pass", "no docstring"),
        (
            "def f(a, b):\n '''F.\n\n Parameters\n ----------\n a : int\n  A.\n '''",
            r"describes \['a'\]",
        ),
        (
            "def f(a: pd.DataFrame):\n '''F.\n\n Parameters\n ----------\n a : table\n  A.\n '''",
            "neither shape nor unit",
        ),
        ("X: TypeAlias = NDArray[int]\ndef f(a: X):\n '''F.'''", "neither shape nor unit"),
    ],
)
def test_lack_of_documentation_is_seen(source, fault):
    assert re.search(fault, "\n".join(undocumented(source)))


def surface():
    """Yield name and object of all that the package's face and its figures export."""
    for module in (insole, insole.plot):
        for name in sorted(
            {*module.__all__} - {"Timeline"}
        ):  # takes what matplotlib's Figure takes
            thing = getattr(module, name)
            if inspect.isfunction(thing) or inspect.isclass(thing):
                yield pytest.param(thing, id=f"{module.__name__}.{name}")
                if inspect.isclass(thing) and not issubclass(thing, Exception):
                    yield from (
                        pytest.param(method, id=f"{name}.{key}")
                        for key, method in vars(thing).items()
                        if inspect.isfunction(method) and not key.startswith("_")
                    )


@pytest.mark.parametrize("thing", list(surface()))
def test_public_face_describes_each_parameter(thing):
    if inspect.isclass(thing) and issubclass(thing, Exception):
        assert thing.__doc__
        return
    expected = [name for name in inspect.signature(thing).parameters if name != "self"]
    found = entries(sections(inspect.getdoc(thing)).get("Parameters", []))
    assert list(found) == expected


# What is loaded ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "import insole",
        "import insole; dir(insole); insole.__version__; insole.InsoleError",
        "from insole.cli.main import main; main(['--help'], standalone_mode=False)",
        "from insole.cli.main import main; main(['--version'], standalone_mode=False)",
        """import runpy
sys.argv = ['insole', '--help']
try: runpy.run_module('insole', run_name='__main__')
except SystemExit: pass""",
    ],
    ids=["import", "names", "help", "version", "module"],
)
def test_start_is_light(statement):
    check = f"import sys\n{statement}\nprint('LOADED', *sorted({HEAVY!r} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.splitlines()[-1].split() == ["LOADED"]


def test_heavy_modules_would_be_seen():
    check = f"import sys, insole.session\nprint(sorted({HEAVY!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert "numpy" in run.stdout


# What the files are called and hold -------------------------------------------------------------


def project_files():
    """Return the project's own files: those git knows or would take, else all but the hidden."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode == 0 and listing.stdout:
        files = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        files = [p for p in ROOT.rglob("*") if not any(q.startswith(".") for q in p.parts[1:])]
    return [file for file in files if file.is_file()]


def texts():
    """Yield path and text of each of the project's text files that the project wrote itself."""
    for file in project_files():
        if ROOT / "fixtures" / "imports" in file.parents:
            continue
        try:
            yield file.relative_to(ROOT), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


UNWANTED = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.\-/])/(?:work|root|home|Users|opt|mnt)/\w|\b[A-Z]:\\\\?Users"
    ),
    "the host of a package registry": re.compile(
        r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|anaconda\.org)"
    ),
    "a document that is not in the project": re.compile(r"shared/(?:design|hooks|rig)\b"),
    "a mark of a merge": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
}


@pytest.mark.parametrize("what", UNWANTED)
def test_no_text_holds(what):
    found = [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for path, text in texts()
        for match in UNWANTED[what].finditer(text)
    ]
    assert not found


def test_unwanted_texts_would_be_seen():
    examples = ["/" + "home/me/x", "https://" + "pypi" + ".org/simple", "<" * 7 + " HEAD"]
    for example in examples:
        assert any(pattern.search(example) for pattern in UNWANTED.values()), example


def test_many_texts_are_looked_at():
    names = {path.name for path, _ in texts()}
    assert {"README.md", "pyproject.toml", "main.py", "sim_insole.toml", "test_house.py"} <= names


def test_names_say_what_a_module_is_about():
    words = {
        str(path.relative_to(ROOT)): set(path.with_suffix("").name.split("_"))
        | set(path.parent.name.split("_"))
        for path in MODULES
    }
    assert not {
        path: names & FORBIDDEN_NAMES for path, names in words.items() if names & FORBIDDEN_NAMES
    }


def test_no_file_is_too_long():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in MODULES
    }
    assert not {path: count for path, count in lengths.items() if count > LONGEST_FILE}


def test_every_test_file_has_a_name_of_its_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names))
