"""Wheel, sdist and editable install each run `dealrun state` on a contract, from another directory."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from conftest import ROOT
from dealrun.extras import EXTRAS

DEAL = "license MSFT nonexclusive until 2032\n"


def _run(*command: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PIP_TARGET"}}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheel (built from the sdist) and the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT), cwd=folder)
    return folder


@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_every_kind_of_install_evaluates_a_contract(kind: str, built: Path, tmp_path: Path) -> None:
    target = {
        "wheel": [str(path) for path in built.glob("*.whl")],
        "sdist": [str(path) for path in built.glob("*.tar.gz")],
        "editable": ["--editable", str(ROOT)],
    }[kind]
    venv = tmp_path / "venv"
    _run(sys.executable, "-m", "venv", str(venv), cwd=tmp_path)
    binaries = venv / ("Scripts" if os.name == "nt" else "bin")
    _run(str(binaries / "python"), "-m", "pip", "install", "--quiet", *target, cwd=tmp_path)
    (tmp_path / "sketch.deal").write_text(DEAL, encoding="utf-8")
    out = _run(str(binaries / "dealrun"), "state", "sketch.deal", "--on", "2030-01-01", cwd=tmp_path)
    assert "license.MSFT" in out
    assert "2032-12-31" in out
    assert "# DR304" in _run(str(binaries / "dealrun"), "explain", "DR304", cwd=tmp_path)
    code = (
        "import dealrun; state = dealrun.loads('license MSFT exclusive').timeline().on('2030-01-01');"
        "print(state['license.MSFT'].status)"
    )
    assert _run(str(binaries / "python"), "-c", code, cwd=tmp_path).strip() == "in force"


def test_every_library_that_may_be_missing_has_an_extra_that_brings_it() -> None:
    wanted = {
        name.partition(".")[0]
        for path in (ROOT / "dsl").rglob("*.py")
        for name in re.findall(r"\bneed\(\"([\w.]+)\"\)", path.read_text(encoding="utf-8"))
    }
    assert wanted <= set(EXTRAS)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for library, extra in EXTRAS.items():
        assert any(re.match(rf"{library}\b", requirement, re.IGNORECASE) for requirement in extras[extra]), library
