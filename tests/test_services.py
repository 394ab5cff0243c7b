"""The library where it runs for long: services, threads, notebooks."""

import gc
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import nbclient
import nbformat
import pytest

import dealrun
from conftest import ROOT
from dealrun.source import SourceText

FOLDER = ROOT / "contracts" / "openai-microsoft"
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


@contextmanager
def running(name: str, folder: Path) -> Iterator[int]:
    """A service of the documents in a process of its own, by the port on which it answers."""
    page = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"^```python {name}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    script = folder / f"{name}_example.py"
    script.write_text(code, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = os.pathsep.join([str(ROOT / "dsl"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen([sys.executable, str(script), str(FOLDER), str(port)], env=environment) as process:
        try:
            connected(port).close()
            yield port
        finally:
            process.terminate()


def connected(port: int) -> socket.socket:
    """A connection, once the service is there."""
    for _ in range(400):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the service does not answer")


def test_the_service_of_the_documents_answers_real_clients(tmp_path: Path) -> None:
    """Several clients at once, over real sockets; a question that is none gets an error, and the next an answer."""
    with running("service", tmp_path) as port:
        clients = [connected(port) for _ in range(3)]
        for number, client in enumerate(clients):
            client.sendall(f'{{"on": "{2027 + number}-01-01"}}\nnonsense\n{{"on": "2026-13-01"}}\n'.encode())
        for number, client in enumerate(clients):
            with client.makefile() as lines:
                told = [json.loads(next(lines)) for _ in range(3)]
            wanted = dealrun.load(FOLDER).timeline().on(f"{2027 + number}-01-01").to_dict()
            assert told[0] == json.loads(json.dumps(wanted))
            assert "error" in told[1]
            assert "2026-13-01" in told[2]["error"]
            client.close()


def test_the_fastapi_service_answers_what_its_openapi_says(tmp_path: Path) -> None:
    """Every answer fits the schema that OpenAPI gives it; ten clients at once get what one does; errors too."""
    with running("fastapi", tmp_path) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        openapi = client.get("/openapi.json").json()
        for path, asked in (("/state", "/state"), ("/why/{label}", "/why/ip")):
            response = openapi["paths"][path]["get"]["responses"]["200"]
            schema = {**response["content"]["application/json"]["schema"], "components": openapi["components"]}
            found = client.get(asked, params={"on": "2028-05-01", "known": "2026-01-15"})
            assert found.status_code == 200
            jsonschema.Draft202012Validator(schema).validate(found.json())
            wrong = {**found.json(), "on": 3}
            assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)
        days = [f"{year}-01-01" for year in range(2020, 2040)]
        with ThreadPoolExecutor(10) as pool:
            told = list(pool.map(lambda day: client.get("/state", params={"on": day}).text, days))
        timeline = dealrun.load(FOLDER).timeline()
        assert told == [timeline.on(day).to_json() for day in days]
        assert client.get("/state", params={"on": "2026-13-01"}).status_code == 400
        unknown = client.get("/why/ipp", params={"on": "2026-01-01"})
        assert (unknown.status_code, unknown.json()["error"]) == (
            404,
            "no clause `ipp` as known on 2026-04-27; did you mean `ip`?",
        )


def shown(notebook: Any) -> str:
    """What a notebook shows, cell by cell: tables and texts as they are, of a picture its first line."""
    lines = []
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            for kind in ("text/html", "image/svg+xml", "text/plain"):
                if kind in data:
                    text = data[kind]
                    lines.append(f"# cell {number}: {kind}\n" + (text.split("\n")[0] if "svg" in kind else text))
                    break
    return "\n".join(lines) + "\n"


def test_the_notebook_runs_and_shows_what_it_showed(rewrite: bool) -> None:
    """Every cell runs in a real kernel; what the file shows is what they show."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    environment = os.pathsep.join([str(ROOT / "dsl"), os.environ.get("PYTHONPATH", "")])
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", record_timing=False,
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
    )  # fmt: skip
    before = shown(notebook)
    client.execute(env={**os.environ, "PYTHONPATH": environment})
    found = shown(notebook)
    assert all(cell.get("outputs", True) for cell in notebook.cells[3:]), "a cell shows nothing"
    if rewrite:
        nbformat.write(notebook, NOTEBOOK)  # type: ignore[no-untyped-call]
    else:
        assert found == before


Question = Callable[[dealrun.Contract, dealrun.Timeline], str]


@pytest.mark.no_cover
def test_ten_threads_share_one_contract() -> None:
    """Every thread gets what one alone gets, whatever the others ask meanwhile of the contract and of one timeline."""
    folder = ROOT / "contracts" / "openai-microsoft"
    days = [f"{year}-01-01" for year in range(2019, 2039)]
    asked: list[Question] = [
        *(lambda contract, _, day=day: contract.timeline(assume={"AGI": day}).on(day).to_json() for day in days),
        *(lambda _, timeline, day=day: timeline.on(day).to_json() for day in days),
        lambda contract, _: contract.changes().to_json(),
        lambda contract, timeline: contract.agenda(timeline, "2025-01-01", "2033-01-01").to_json(),
        lambda contract, _: contract.restate("2026-05-01"),
        lambda _, timeline: timeline.why("share", "2027-01-01").to_json(),
    ]

    def alone(ask: Question) -> str:
        contract = dealrun.load(folder)
        return ask(contract, contract.timeline())

    expected = [alone(ask) for ask in asked]
    usual = sys.getswitchinterval()
    start = threading.Barrier(10)
    with ThreadPoolExecutor(10) as pool:
        for each in [pool.submit(start.wait) for _ in range(10)]:  # all threads are there before they meet
            each.result()
        sys.setswitchinterval(1e-6)  # so that they meet in the middle of what they do
        try:
            for _ in range(5):
                contract = dealrun.load(folder)
                timeline = contract.timeline()
                futures = [pool.submit(ask, contract, timeline) for ask in asked]
                assert [future.result() for future in futures] == expected
        finally:
            sys.setswitchinterval(usual)


def test_threads_share_the_places_of_a_text() -> None:
    """Lines are counted when the first asks; a second that asks meanwhile gets no line of half a count."""
    lines = 20_000
    for _ in range(60):
        source = SourceText("a.deal", "x\n" * lines)
        start = threading.Barrier(4)

        def ask(source: SourceText = source, start: threading.Barrier = start) -> int:
            start.wait()
            return source.position(2 * lines - 1)[0]

        with ThreadPoolExecutor(4) as pool:
            assert [each.result() for each in [pool.submit(ask) for _ in range(4)]] == [lines] * 4


@pytest.mark.no_cover
def test_loading_again_and_again_keeps_nothing() -> None:
    """2,000 loads: what is kept after the first hundred is kept after all (shapes of statements are bounded)."""
    text = (ROOT / "contracts" / "tutorial" / "new.deal").read_text(encoding="utf-8")
    kept: list[int] = []
    tracemalloc.start()
    try:
        for number in range(2000):
            dealrun.loads(text.replace("deal ", f"# {number}\ndeal ", 1)).timeline().on("2024-01-01")
            if number % 950 == 99:
                gc.collect()
                kept.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert max(kept) - kept[0] < 1_000_000, kept
