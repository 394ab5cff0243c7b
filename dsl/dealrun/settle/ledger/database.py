"""A DuckDB of our own: in memory, without extensions, network or files but those that are named.

In: SQL. Out: rows. Guaranteed: nothing is installed, loaded or written beside the temporary folder, which is removed;
after `lock` no file can be opened that was not named; days are those of UTC. Nothing else imports DuckDB.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from shutil import rmtree
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self

from dealrun.extras import need
from dealrun.settle.ledger.dialect import quoted
from dealrun.source.opening import Opened, open_file

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY: Final = 448
"""Megabytes that a query may use before it writes to the temporary folder, and as much again as its threads need."""
MEMORY_PER_THREAD: Final = 64
"""The reader of CSV holds a buffer of 32 MB for each thread, and the one that comes next."""
SETTINGS: Final = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
ATTACH: Final = 20
"""Seconds that opening a database may take."""
BATCH: Final = 50_000
REDRAW: Final = 0.5
"""Seconds between two pictures of the progress."""


class QueryError(Exception):
    """DuckDB refused a query or what it read; the text is DuckDB's own."""


class Database:
    """A connection, and the temporary folder into which it may spill; a context manager."""

    def __init__(self, *, progress: bool = False) -> None:
        self._duckdb: Any = need("duckdb")
        # DuckDB makes the folder when it first needs it, so that mostly there is none to be left behind.
        self._spill = os.path.join(tempfile.gettempdir(), f"dealrun-{os.urandom(8).hex()}")
        self._connection: DuckDBPyConnection = self._duckdb.connect(config={**SETTINGS, "temp_directory": self._spill})
        self._opened: list[Opened] = []
        self._held: dict[str, BinaryIO] = {}
        self._progress = False
        ((threads,),) = self.rows("select cast(current_setting('threads') as integer)")
        self.execute(f"set memory_limit = '{MEMORY + MEMORY_PER_THREAD * threads}MB'; set TimeZone = 'UTC'")
        # The bar is counted, so that we can ask for it, and not printed. Without ipywidgets, Jupyter has none, and
        # DuckDB refuses to hear of it.
        bar = "true" if progress else "false"
        try:
            self.execute(f"set enable_progress_bar_print = false; set enable_progress_bar = {bar}")
        except QueryError:
            progress = False
        # Rows are allocated to by their group's number: for so few numbers, an array beats a table of hashes.
        self.execute("set perfect_ht_threshold = 16")
        self._progress = progress

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        for opened in self._opened:
            opened.stream.close()
        for stream in self._held.values():
            stream.close()
        rmtree(self._spill, ignore_errors=True)

    def allow(self, opened: Opened) -> str:
        """A file that queries may read, by its path without links; it stays open as long as the connection."""
        self._opened.append(opened)
        return opened.path

    def hold(self, data: bytes) -> str:
        """A path by which queries may read some content as long as the connection is open: in memory, where the system
        has files there, else in the temporary folder."""
        if hasattr(os, "memfd_create"):
            handle = os.memfd_create("ledger")
            path = f"/proc/self/fd/{handle}"
        else:  # pragma: no cover - systems without files in memory
            Path(self._spill).mkdir(mode=0o700, exist_ok=True)
            path = os.path.join(self._spill, f"ledger-{len(self._held)}")
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        stream = os.fdopen(handle, "w+b")
        self._held[path] = stream
        stream.write(data)
        stream.flush()
        return path

    def attach(self, path: str, name: str) -> None:
        """Attach a database, from which nothing else can be opened; QueryError where that takes too long."""
        log = f"{path}.wal"  # what another program has not written back yet is read with it
        if os.path.lexists(log):
            self.allow(open_file(log, str(Path(log).parent)))
        timer = threading.Timer(ATTACH, self._connection.interrupt)
        timer.start()
        try:
            self.execute(f"attach {quoted(path)} as {name} (type duckdb, read_only)")
        finally:
            timer.cancel()

    def lock(self, also: Iterable[str] = ()) -> None:
        """From now on no file can be opened but those that were allowed, and these.

        QueryError where one of them is not the file any more that was opened.
        """
        for opened in self._opened:
            try:
                there = opened.still_there()
            except OSError:
                there = False
            if not there:
                raise QueryError(f"IO Error: {opened.name} was replaced while it was read")
        paths = [*(opened.path for opened in self._opened), *self._held, *also]
        # A path is looked at as it stands in a query, where it is a pattern that fits one name, and as that name.
        allowed = {spelling for path in paths for spelling in (path, escape(path))}
        self.execute(f"set allowed_paths = [{', '.join(map(quoted, sorted(allowed)))}]")
        self.execute("set enable_external_access = false; set lock_configuration = true")

    def register(self, name: str, table: object) -> None:
        """Give an Arrow table a name in SQL; QueryError where it is none that can be read."""
        try:
            self._connection.register(name, table)
        except self._duckdb.Error as error:
            raise QueryError(str(error)) from error

    def execute(self, sql: str, parameters: object = None) -> None:
        """Run SQL for what it does."""
        self.rows(sql, parameters)

    def rows(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """The rows of a query; QueryError where it is refused."""
        try:
            with self._shown():
                return self._connection.execute(sql, parameters).fetchall()
        except self._duckdb.Error as error:
            raise QueryError(str(error)) from error
        except RuntimeError as error:
            raise _interrupted(error) from None

    def batches(self, sql: str) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, some at a time, so that a caller can stop."""
        try:
            with self._shown():
                result = self._connection.execute(sql)
                batch = result.fetchmany(BATCH)
            while batch:
                yield batch
                batch = result.fetchmany(BATCH)
        except self._duckdb.Error as error:
            raise QueryError(str(error)) from error
        except RuntimeError as error:
            raise _interrupted(error) from None

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """Show on standard error how far a query is: DuckDB's own bar goes to standard output, among the answer."""
        if not self._progress:
            yield
            return
        done = threading.Event()

        def show() -> None:
            drawn = False
            while not done.wait(REDRAW):
                percent = self._connection.query_progress()
                if percent >= 0:
                    sys.stderr.write(f"\rreading the ledger: {percent:3.0f}%")
                    sys.stderr.flush()
                    drawn = True
            if drawn:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()

        shower = threading.Thread(target=show, daemon=True)
        shower.start()
        try:
            yield
        finally:
            done.set()
            shower.join()


def _interrupted(error: RuntimeError) -> BaseException:
    """What a signal raised during a query, which DuckDB makes a RuntimeError."""
    return KeyboardInterrupt() if "interrupted" in str(error) else error
