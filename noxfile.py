"""Everything that is run on this project: ``nox`` runs the gates, ``nox -s NAME`` one of them, ``nox --list`` tells.

Whatever imports the packages gets the wheel that this checkout builds, never the checkout itself.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox
import nox.command

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = True
nox.options.sessions = [
    "lint",
    "types",
    "imports",
    "facade",
    "docs",
    "tests",
    "browser",
    "interop",
    "adapters",
    "fuzz",
    "examples",
]

ROOT = Path(__file__).parent
PACKAGES = ("arize_async", "arize_sync")
PROJECT = nox.project.load_toml("pyproject.toml")
OFFICIAL = "arize==8.61.0"
BENCHMARKS = (
    "layers",
    "memory",
    "facade",
    "counts",
    "flight",
    "clients",
    "bulk",
    "simulate",
    "rates",
    "spans",
    "journaling",
)
FLOORS = ("bare", "traced", "dry", "ours")
SIGNALS = (
    ("KILL", "async", 500, 2000),
    ("INT", "facade", 60, 400),
    ("INT", "async", 20, 400),
    ("INT", "notebook", 20, 400),
    ("TERM", "facade", 20, 400),
)
"""What ends experiments, who runs them, how often, and of how many examples they are."""
PEERS = {
    "official": OFFICIAL,
    "braintrust": "braintrust",
    "inspect_ai": "inspect-ai",
    "langfuse": "langfuse",
    "langsmith": "langsmith",
    "phoenix": "arize-phoenix-client",
    "weave": "weave",
}
"""Who else runs experiments: the newest version that installs, which the table names."""


def install_group(session: nox.Session, *groups: str) -> None:
    """Install dependency groups of ``pyproject.toml``."""
    session.install(*nox.project.dependency_groups(PROJECT, *groups))


def build_wheel(session: nox.Session) -> Path:
    """Build the wheel of this checkout and return its path."""
    session.install(*PROJECT["build-system"]["requires"])
    folder = Path(session.create_tmp(), "wheel").resolve()
    for old in folder.glob("*.whl"):
        old.unlink()
    session.run("hatchling", "build", "-t", "wheel", "-d", str(folder), silent=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install_wheel(session: nox.Session, *groups: str) -> None:
    """Install the wheel with what the embedded server and evaluators need, and dependency groups beside it."""
    wheel = build_wheel(session)
    extra = nox.project.dependency_groups(PROJECT, *groups) if groups else ()
    session.install(f"{PROJECT['project']['name']}[evaluators,local] @ {wheel.as_uri()}", *extra)
    # A virtual environment that is used again holds a wheel of the same version already.
    session.install("--force-reinstall", "--no-deps", str(wheel))


def isolated(session: nox.Session) -> dict[str, str]:
    """Return variables that keep data in the session's own folder."""
    folder = Path(session.create_tmp()).resolve()
    return {
        "ARIZE_DIRECTORY": str(folder / "arize"),
        "COVERAGE_FILE": str(folder / "coverage"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
    }


@nox.session
def quickstart(session: nox.Session) -> None:
    """Run the first example; its data stays in ``.arize`` of this checkout."""
    install_wheel(session)
    session.run("python", "examples/quickstart.py", env={"ARIZE_DIRECTORY": str(ROOT / ".arize")})


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests and the doctests of the built wheel, but those of other sessions; arguments go to pytest."""
    run_tests(session)


@nox.session(default=False)
def coverage(session: nox.Session) -> None:
    """Do what ``tests`` does, and fail when too few lines are reached; takes half as long again."""
    run_tests(session, "--cov", "--cov-report=term-missing:skip-covered")


def run_tests(session: nox.Session, *options: str) -> None:
    """Run pytest in one process more than there are processors: many tests wait for something."""
    install_wheel(session, "test", "lint")  # the facade's generator formats with ruff
    # Without safe mode the checkout, as the current folder, would come before the installed wheel.
    env = isolated(session) | {"PYTHONSAFEPATH": "1"}
    chosen = session.posargs or [
        str(ROOT / "tests"),
        *(f"--ignore={ROOT}/tests/{path}" for path in ("pages/test_browser.py", "examples")),
        "--pyargs",
        *PACKAGES,
    ]
    pytest = [
        "pytest",
        "-n",
        str(1 + (os.cpu_count() or 1)),
        "--dist",
        "worksteal",
        "-o",
        f"cache_dir={session.create_tmp()}/pytest",
    ]
    session.run("python", "-m", *pytest, *options, *chosen, env=env)


@nox.session
def browser(session: nox.Session) -> None:
    """Look at the web page with a real Chromium, which has to be installed; takes a minute or two."""
    install_wheel(session, "browser")
    env = isolated(session) | {"PYTHONSAFEPATH": "1"}
    chosen = session.posargs or ["tests/pages/test_browser.py"]
    session.run("pytest", "-o", f"cache_dir={session.create_tmp()}/pytest", *chosen, env=env)


@nox.session
def interop(session: nox.Session) -> None:
    """Run the unmodified official SDK, in an environment of its own, against the embedded server."""
    install_wheel(session, "test")
    official = Path(session.create_tmp(), "official").resolve()
    session.run("python", "-m", "venv", str(official))
    python = str(official / "bin" / "python")
    session.run(python, "-m", "pip", "install", "--quiet", OFFICIAL, external=True)
    env = isolated(session) | {"PYTHONSAFEPATH": "1", "ARIZE_OFFICIAL_PYTHON": python}
    chosen = session.posargs or ["tests/interop"]
    session.run("pytest", "-o", f"cache_dir={session.create_tmp()}/pytest", *chosen, env=env)


@nox.session
def adapters(session: nox.Session) -> None:
    """Run evaluators of autoevals, phoenix and openevals inside of experiments; takes a minute."""
    install_wheel(session, "adapters")
    env = isolated(session) | {"PYTHONSAFEPATH": "1"}
    chosen = session.posargs or ["tests/adapters"]
    session.run("pytest", "-o", f"cache_dir={session.create_tmp()}/pytest", *chosen, env=env)


@nox.session
def chaos(session: nox.Session) -> None:
    """Break connections, kill the server, and end running experiments by SIGKILL and other signals; takes hours.

    ``-- --kills N --seed N`` chooses for the kills, ``-- faults --faults N --seed N`` only breaks connections.
    """
    install_wheel(session, "test")
    env = isolated(session) | {"PYTHONSAFEPATH": "1", "ARIZE_PRE_RELEASE_WARNINGS": "false"}
    if session.posargs[:1] == ["faults"] or not session.posargs:
        session.run("python", "tests/chaos/faults", *(session.posargs[1:] or ["--faults", "1000"]), env=env)
        if session.posargs:
            return
    session.run("python", "tests/chaos/kill", *(session.posargs or ["--kills", "200"]), env=env)
    for signal, form, kills, examples in SIGNALS:
        chosen = session.posargs or ["--kills", str(kills), "--examples", str(examples)]
        session.run("python", "tests/chaos/resume", "--signal", signal, "--form", form, *chosen, env=env)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Test the embedded server by its OpenAPI document, in some minutes; ``-- --examples N --seed N`` says how."""
    install_wheel(session, "test")
    env = isolated(session) | {"PYTHONSAFEPATH": "1"}
    session.run("python", "tests/openapi/fuzz.py", *session.posargs, env=env)


@nox.session
def lint(session: nox.Session) -> None:
    """Check format and style."""
    install_group(session, "lint")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the packages in strict mode, and usages and misuses with two type checkers."""
    install_wheel(session, "types", "test")
    session.run("basedpyright")
    session.run("basedpyright", "tests/typing")
    cache = Path(session.create_tmp()).resolve() / "mypy"
    with session.chdir("tests/typing"):  # from the checkout's root mypy would judge the packages in it as well
        session.run("mypy", f"--config-file={ROOT}/pyproject.toml", f"--cache-dir={cache}", ".")


@nox.session
def imports(session: nox.Session) -> None:
    """Check which package may know which."""
    install_group(session, "imports")
    session.run("lint-imports", "--cache-dir", f"{session.create_tmp()}/imports")


@nox.session
def facade(session: nox.Session) -> None:
    """Check that ``arize_sync`` is what its generator makes of ``arize_async``."""
    install_group(session, "lint")
    session.run("python", "-m", "tools.facade", "--check")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; every warning is an error."""
    install_wheel(session, "docs")
    target = ROOT / "docs" / "_build"
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-d", f"{target}/doctrees", "docs", f"{target}/html")


@nox.session
def examples(session: nox.Session) -> None:
    """Run the examples and look at what they print; ``-- --data FILE`` runs the one on GSM8K."""
    install_wheel(session, "examples")
    if session.posargs:
        session.run("python", "examples/gsm8k.py", *session.posargs, env=isolated(session))
        return
    env = isolated(session) | {"PYTHONSAFEPATH": "1"}
    session.run("python", "-m", "pytest", "-o", f"cache_dir={session.create_tmp()}/pytest", "tests/examples", env=env)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the run engine beside bare asyncio, the official SDK and its peers; takes half an hour.

    ``-- A E ours traced`` names scenarios and contenders. ``-- layers``, ``-- memory``, ``-- facade`` and ``-- counts``
    measure the engine from other sides, ``-- flight`` uploads and reads of many runs, ``-- clients`` many clients at
    once, ``-- bulk`` creates and lists of many runs, ``-- simulate`` how far the statistics can be trusted,
    ``-- rates`` runs against a provider that limits requests,
    ``-- spans`` what traced calls cost with collectors that are slow, dead or busy, ``-- journaling`` what the journal
    costs.
    """
    install_wheel(session, "bench")
    script, *arguments = session.posargs if session.posargs[:1] and session.posargs[0] in BENCHMARKS else ["runner"]
    env = isolated(session) | {"ARIZE_PRE_RELEASE_WARNINGS": "false"}
    if script == "runner":
        arguments = [*session.posargs, "--environments", str(peers(session, set(session.posargs)))]
    elif script == "bulk" and (official := peers(session, {"official"}) / "official").exists():
        env["ARIZE_OFFICIAL_PYTHON"] = str(official / "bin" / "python")
    session.run("python", f"benchmarks/{script}.py", *arguments, env=env)


def peers(session: nox.Session, names: set[str]) -> Path:
    """Install the named peers, or all when none is named, each into an environment of its own; return their folder.

    One that cannot be installed is left out.
    """
    folder = Path(session.create_tmp(), "peers").resolve()
    named = names.intersection(PEERS)
    everybody = "--peers" in names or not names.intersection({*PEERS, *FLOORS})
    for name in PEERS if everybody else sorted(named):
        python = folder / name / "bin" / "python"
        if not python.exists():
            session.run("python", "-m", "venv", str(folder / name))
            try:
                session.run(str(python), "-m", "pip", "install", "--quiet", PEERS[name], external=True)
            except nox.command.CommandFailed:
                shutil.rmtree(folder / name)
    return folder
