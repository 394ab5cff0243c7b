"""The function that opens files, and the one that writes them, by themselves."""

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from dealrun.source import opening, writing
from dealrun.source.opening import Below, OutsideError, UnreadableError, matching, members, open_file, resolved, root_of
from dealrun.source.writing import WriteError, replacing, target_of, write_file


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file, beside one with another."""
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("a", encoding="utf-8")
    (folder / "sub" / "b.txt").write_text("b", encoding="utf-8")
    (tmp_path / "rooted").mkdir()
    (tmp_path / "rooted" / "c.txt").write_text("c", encoding="utf-8")
    (tmp_path / "c.txt").write_text("c", encoding="utf-8")
    return folder


# --- where a path leads -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "sub/b.txt", "./sub/../a.txt", "none.txt", "sub"])
def test_a_path_below_the_root_is_resolved(root: Path, name: str) -> None:
    """Without links and dots, whether the file is there or not."""
    assert resolved(f"{root}/{name}", str(root)) == os.path.realpath(root / name)


def test_the_root_itself_is_below_the_root(root: Path) -> None:
    """As the folder of its files."""
    assert resolved(str(root), str(root)) == os.path.realpath(root)
    assert resolved("/", "/") == "/"
    assert resolved("/etc", "/") == os.path.realpath("/etc")


@pytest.mark.parametrize(
    "name", ["../c.txt", "../rooted/c.txt", "..", "sub/../../c.txt", "/etc/passwd", "link", "up/c.txt"]
)
def test_a_path_elsewhere_is_outside(root: Path, name: str) -> None:
    """A folder whose name begins like the root's is elsewhere too."""
    (root / "link").symlink_to("../c.txt")
    (root / "up").symlink_to("..")
    with pytest.raises(OutsideError, match=r"^`.*` lies outside the folder of the deal$") as raised:
        resolved(os.path.join(root, name), str(root))
    assert name in str(raised.value)
    assert resolved(os.path.join(root, name), None) == os.path.realpath(os.path.join(root, name))


def test_a_root_that_is_a_link_is_its_target(root: Path, tmp_path: Path) -> None:
    """Both sides are resolved before they are compared."""
    (tmp_path / "linked").symlink_to("root")
    assert resolved(str(tmp_path / "linked" / "a.txt"), str(tmp_path / "linked")) == os.path.realpath(root / "a.txt")


@pytest.mark.parametrize("place", ["path", "root"])
def test_what_is_no_path_is_unreadable(root: Path, place: str) -> None:
    """A zero byte is in no path."""
    path, above = ("a\0", str(root)) if place == "path" else (str(root / "a.txt"), "a\0")
    with pytest.raises(UnreadableError, match="it is not a path"):
        resolved(path, above)


def test_who_named_a_path_decides_its_root() -> None:
    """A contract's is bound to a folder, a user's to none."""
    named = Below("x/a.txt", "x")
    assert (os.fspath(named), root_of(named)) == ("x/a.txt", "x")
    assert (root_of("x/a.txt"), root_of(Path("x"))) == (None, None)


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_file_is_opened_with_its_name_and_its_path(root: Path) -> None:
    """It is read from the handle, and closed at the end."""
    (root / "link").symlink_to("sub/b.txt")
    opened = open_file(str(root / "link"), str(root))
    with opened as stream:
        assert stream.read() == b"b"
        assert opened.still_there()
    assert stream.closed
    assert (opened.name, opened.path) == (str(root / "link"), os.path.realpath(root / "sub" / "b.txt"))


def test_a_file_is_opened_without_waiting_and_without_a_link(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each guards against what takes the file's place between the look at it and its opening."""
    real, seen = os.open, []

    def look(name: str, flags: int, *more: Any) -> int:
        seen.append(flags)
        return real(name, flags, *more)

    monkeypatch.setattr(os, "open", look)
    with open_file(str(root / "a.txt")):
        assert seen == [os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW]


def test_a_file_that_is_replaced_is_not_there_any_more(root: Path) -> None:
    """The same name may be another file."""
    opened = open_file(str(root / "a.txt"))
    with opened:
        (root / "new").write_text("new", encoding="utf-8")
        (root / "new").replace(root / "a.txt")
        assert not opened.still_there()
        (root / "a.txt").unlink()
        (root / "a.txt").symlink_to("sub/b.txt")
        assert not opened.still_there()


@pytest.mark.parametrize(("kind", "message"), [
    ("pipe", "it is no regular file"), ("folder", "it is no regular file"), ("device", "it is no regular file"),
    ("nothing", "no such file or directory"), ("zero", "it is not a path"), ("long", "file name too long"),
])  # fmt: skip
def test_what_is_no_file_is_not_opened(root: Path, kind: str, message: str) -> None:
    """It is told what is wrong, and nothing is waited for."""
    os.mkfifo(root / "pipe")
    name = {"pipe": root / "pipe", "folder": root, "device": "/dev/zero", "nothing": root / "none", "zero": "x\0",
            "long": "x" * 5000}[kind]  # fmt: skip
    with pytest.raises(UnreadableError) as raised:
        open_file(str(name))
    assert str(raised.value) == f"`{name}` cannot be read: {message}"


def test_a_file_outside_is_not_opened(root: Path) -> None:
    """The user may open it, the contract not."""
    with open_file(str(root.parent / "c.txt")) as stream:
        assert stream.read() == b"c"
    for name in ("c.txt", "none.txt", "root"):  # and it learns nothing of what is there
        with pytest.raises(OutsideError):
            open_file(str(root / ".." / "rooted" / ".." / name) + "/../c.txt" * (name == "root"), str(root))


@pytest.mark.parametrize("other", ["link", "pipe", "file", "gone", "folder moved"])
def test_what_takes_the_place_of_a_file_is_noticed(root: Path, monkeypatch: pytest.MonkeyPatch, other: str) -> None:
    """Between the look at a path and its opening, somebody may replace it."""
    real, path = os.open, root / "sub" / "b.txt"

    def swap(name: str, flags: int, *more: Any) -> int:
        if other == "folder moved":
            (root / "sub").rename(root.parent / "moved")
            (root / "sub").symlink_to(root.parent / "moved")
            return real(root / "sub" / "b.txt", flags, *more)
        path.unlink()
        if other == "link":
            path.symlink_to("../../c.txt")
        elif other == "pipe":
            os.mkfifo(path)
        elif other == "file":
            path.write_text("other", encoding="utf-8")
        return real(name, flags, *more)

    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    monkeypatch.setattr(os, "open", swap)
    if other == "file":  # of the same name, below the root: nothing is wrong with it
        with open_file(str(path), str(root)) as stream:
            assert stream.read() == b"other"
        return
    with pytest.raises(UnreadableError) as raised:
        open_file(str(path), str(root))
    assert str(path) in str(raised.value)
    monkeypatch.undo()
    assert (len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0) == before


# --- folders and patterns ---------------------------------------------------------------------------------------------


def test_the_members_of_a_folder(root: Path) -> None:
    """In order; of the folders in it too where that is asked for, links to folders left out."""
    for name in ("z.txt", "b.md", "sub/a.txt", "sub/z.md"):
        (root / name).write_text("", encoding="utf-8")
    (root / "x.txt").mkdir()
    (root / "loop").symlink_to(".")
    texts = str(root) + "/"

    def wanted(name: str) -> bool:
        return name.endswith(".txt")

    assert members(str(root), wanted) == [f"{texts}a.txt", f"{texts}x.txt", f"{texts}z.txt"]
    deep = [f"{texts}a.txt", f"{texts}sub/a.txt", f"{texts}sub/b.txt", f"{texts}z.txt"]
    assert members(str(root), wanted, deep=True) == deep
    assert members(str(root / "sub"), lambda _: False) == []


@pytest.mark.parametrize(("name", "message"), [
    ("none", "no such file or directory"), ("a.txt", "not a directory"), ("x\0", "it is not a path"),
])  # fmt: skip
def test_a_folder_that_cannot_be_read_is_told(root: Path, name: str, message: str) -> None:
    """With its name and the system's reason."""
    with pytest.raises(UnreadableError) as raised:
        members(str(root / name), bool)
    assert str(raised.value) == f"`{root / name}` cannot be read: {message}"


def test_a_pattern_matches_files(root: Path) -> None:
    """In order, folders left out; a file that is called like a pattern is that file."""
    (root / "sub" / "a.txt").write_text("", encoding="utf-8")
    assert matching(f"{root}/sub/*.txt") == [f"{root}/sub/a.txt", f"{root}/sub/b.txt"]
    assert matching(f"{root}/*") == [f"{root}/a.txt"]
    (root / "sub" / "deep").mkdir()
    (root / "sub" / "deep" / "b.txt").write_text("", encoding="utf-8")
    assert matching(f"{root}/**/b.txt") == [f"{root}/sub/b.txt", f"{root}/sub/deep/b.txt"]
    assert matching(f"{root}/none.txt") == []
    assert matching(f"{root}/none*") == []
    (root / "[ab].txt").write_text("", encoding="utf-8")
    assert matching(f"{root}/[ab].txt") == [f"{root}/[ab].txt"]
    (root / "dangling").symlink_to("none")
    assert matching(f"{root}/dangling") == [f"{root}/dangling"]


def test_the_reason_for_a_refusal() -> None:
    """The system's own, or that it is no path."""
    assert opening.why(PermissionError(errno.EACCES, "Permission denied")) == "permission denied"
    assert opening.why(OSError()) == "it is not a path"
    assert opening.why(ValueError("embedded null byte")) == "it is not a path"


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["nameless", "named"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the system lets a file have no name while it is written."""
    if request.param == "named":
        monkeypatch.setattr(writing, "NAMELESS", 0)
    elif not writing.NAMELESS:
        pytest.skip("this system has no files without a name")
    return str(request.param)


@pytest.mark.usefixtures("how")
def test_a_file_is_written_whole(root: Path) -> None:
    """A new one with the mode that the user's mask leaves, an old one with its own."""
    mask = os.umask(0o027)
    try:
        write_file(root / "new.txt", b"new")
    finally:
        os.umask(mask)
    assert (root / "new.txt").read_bytes() == b"new"
    assert stat.S_IMODE((root / "new.txt").stat().st_mode) == 0o640
    (root / "a.txt").chmod(0o604)
    write_file(str(root / "a.txt"), b"again")
    assert (root / "a.txt").read_bytes() == b"again"
    assert stat.S_IMODE((root / "a.txt").stat().st_mode) == 0o604
    assert sorted(path.name for path in root.iterdir()) == ["a.txt", "new.txt", "sub"]


def test_while_it_is_written_a_file_has_another_name_or_none(root: Path, how: str) -> None:
    """The old one is there until the new one is whole."""
    with replacing(root / "a.txt") as temporary:
        Path(temporary).write_text("half", encoding="utf-8")
        assert (root / "a.txt").read_text(encoding="utf-8") == "a"
        beside = [path.name for path in root.iterdir() if path.name not in {"a.txt", "sub"}]
        assert len(beside) == (how == "named")
        assert all(name.startswith(".") and name.endswith(".tmp") for name in beside)
    assert (root / "a.txt").read_text(encoding="utf-8") == "half"
    assert sorted(path.name for path in root.iterdir()) == ["a.txt", "sub"]


@pytest.mark.usefixtures("how")
@pytest.mark.parametrize("error", [ValueError("x"), OSError("x"), KeyboardInterrupt()])
def test_what_fails_leaves_the_old_file(root: Path, error: BaseException) -> None:
    """And nothing beside it; the error is the writer's own."""
    handles = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0

    def fail() -> None:
        with replacing(root / "a.txt") as temporary:
            Path(temporary).write_text("half", encoding="utf-8")
            raise error

    with pytest.raises(type(error)) as raised:
        fail()
    assert raised.value is error
    assert (root / "a.txt").read_text(encoding="utf-8") == "a"
    assert sorted(path.name for path in root.iterdir()) == ["a.txt", "sub"]
    assert (len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0) == handles


@pytest.mark.usefixtures("how")
def test_a_link_leads_to_its_target(root: Path) -> None:
    """It stays, and the target is replaced; one that leads nowhere makes the file."""
    (root / "link").symlink_to("sub/b.txt")
    (root / "dangling").symlink_to("sub/new.txt")
    write_file(root / "link", b"1")
    write_file(root / "dangling", b"2")
    assert (root / "link").is_symlink()
    assert (root / "dangling").is_symlink()
    assert ((root / "sub" / "b.txt").read_bytes(), (root / "sub" / "new.txt").read_bytes()) == (b"1", b"2")


@pytest.mark.parametrize(("name", "message"), [
    (".", "it is a folder"), ("none/x.txt", "no such file or directory"), ("a.txt/x", "not a directory"),
    ("x\0", "it is not a path"), ("x" * 5000, "file name too long"),
])  # fmt: skip
@pytest.mark.usefixtures("how")
def test_where_nothing_can_be_written_is_told(root: Path, name: str, message: str) -> None:
    """With the name and the reason."""
    with pytest.raises(WriteError) as raised:
        write_file(os.path.join(root, name), b"x")
    assert str(raised.value) == f"`{os.path.join(root, name)}` cannot be written: {message}"


def test_a_file_that_is_read_only_stays(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The superuser could, and does not."""
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with pytest.raises(WriteError, match="permission denied"):
        write_file(root / "a.txt", b"x")
    assert (root / "a.txt").read_text(encoding="utf-8") == "a"


@pytest.mark.parametrize("given", ["a.txt", "./sub/../a.txt", "link", "hard"])
def test_an_input_is_not_written(root: Path, given: str) -> None:
    """By whatever name, and whether it is named as input or as output by it."""
    (root / "link").symlink_to("a.txt")
    (root / "hard").hardlink_to(root / "a.txt")
    others: list[Any] = ["none", "x\0", root / "sub" / "b.txt"]
    for path, inputs in (
        (root / given, [*others, root / "a.txt"]),
        (root / "a.txt", [*others, os.path.join(root, given)]),
    ):
        with pytest.raises(WriteError, match="it is read as well; name another file"):
            write_file(path, b"x", inputs)
    assert (root / "a.txt").read_text(encoding="utf-8") == "a"
    assert target_of(root / "new.txt", others) == root.resolve() / "new.txt"


def test_a_device_or_a_pipe_is_written_to(root: Path) -> None:
    """And never replaced."""
    write_file("/dev/null", b"x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    os.mkfifo(root / "pipe")
    reader = os.open(root / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_file(root / "pipe", b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert stat.S_ISFIFO((root / "pipe").stat().st_mode)
    with pytest.raises(WriteError, match="it is no regular file"), replacing(root / "pipe"):
        pass
    with pytest.raises(WriteError, match="it is read as well"):
        write_file(root / "pipe", b"x", [root / "pipe"])
    if Path("/dev/full").exists():
        with pytest.raises(WriteError, match=r"^`/dev/full` cannot be written: no space left on device$"):
            write_file("/dev/full", b"x")
