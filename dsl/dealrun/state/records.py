"""The answers of an evaluation, each with what was read for it.

In: questions, and how each is answered. Out: the answers, found once. Guaranteed: every name and every other answer on
which an answer depends is among what was read for it; an answer of another evaluation is taken over only where all of
that is the same here, so that another world costs what its facts reach and no more.
"""

import threading
from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar, cast

import attrs

T = TypeVar("T")


AnswerKey: TypeAlias = tuple[str, Hashable]
"""A question: its kind, and what it is about."""


@attrs.define(eq=False)
class KeptAnswer(Generic[T]):
    """An answer, and the questions that were asked for it, in their order."""

    value: T
    read: tuple[AnswerKey, ...]
    fixed: bool | None = None
    """Whether nothing that the world answers was read, through any number of steps; None until it is asked for."""


class _Asking(threading.local):
    """For each thread, what is being read by each answer that is under way; None where nobody records."""

    def __init__(self) -> None:
        self.frames: list[dict[AnswerKey, None] | None] = [None]


_ASKING = _Asking()


def note(node: AnswerKey) -> None:
    """Enter a question into what is read by the answer that is under way."""
    frame = _ASKING.frames[-1]
    if frame is not None:
        frame[node] = None


class Records:
    """Memoises every answer; the memo only ever gains equal values, so that threads can share it."""

    ASK: ClassVar[Mapping[str, Callable[[Any, Any], object]]] = {}
    """By the kind of a question, how it is asked."""
    WORLD: ClassVar[Mapping[str, Callable[[Any, Any], object]]] = {}
    """By the kind of a question that the world answers, how it is asked."""
    CHAIN: ClassVar[Mapping[str, Callable[[Any, Any], object]]] = {}
    """By the kind of a question that the chain of instruments answers, how it is asked."""

    def __init__(self, base: "Records | None") -> None:
        self.base = base
        """An evaluation of the same contract in another world."""
        self._answers: dict[AnswerKey, KeptAnswer[Any]] = {}
        self._alike: dict[AnswerKey, bool] = {}
        """Of questions to the world and the chain, whether the base has the same answer."""
        self._in_base: bool | None = None
        """Whether the base has the same chain."""

    @abstractmethod
    def same_chain(self, other: Any) -> bool:
        """Whether the same instruments count in two evaluations."""

    def answer(self, node: AnswerKey) -> KeptAnswer[Any]:
        """The answer to a question, and what was read for it."""
        found = self._answers.get(node)
        if found is None:
            self.quietly(lambda: self.ASK[node[0]](self, node[1]))
            found = self._answers[node]
        return found

    def seen(self, node: AnswerKey) -> KeptAnswer[Any] | None:
        """The answer to a question, if it has been found."""
        found = self._answers.get(node)
        if found is not None:
            note(node)
        return found

    def remembered(self, node: AnswerKey, find: Callable[[], T]) -> T:
        """The value of an answer, found once; what is asked for it meanwhile is entered as read."""
        found = self._answers.get(node)
        frames = _ASKING.frames
        if found is None:
            if self.base is not None:
                found = self._shared(node)
            if found is None:
                frame: dict[AnswerKey, None] = {}
                frames.append(frame)
                try:
                    value = find()
                finally:
                    frames.pop()
                found = KeptAnswer(value, tuple(frame))
            found = self._answers.setdefault(node, found)  # of two threads that find it, the first enters it
        reader = frames[-1]
        if reader is not None:
            reader[node] = None
        return cast("T", found.value)

    def shares(self, other: "Records", node: AnswerKey) -> bool:
        """Whether another evaluation has the same answer to a question, because one of them took it over."""
        return self.answer(node) is other.answer(node)

    def _is_fixed(self, answer: KeptAnswer[Any]) -> bool:
        if answer.fixed is None:
            answer.fixed = all(
                node[0] in self.CHAIN or (node[0] not in self.WORLD and self._is_fixed(self._answers[node]))
                for node in answer.read
            )
        return answer.fixed

    @staticmethod
    def quietly(ask: Callable[[], T]) -> T:
        """Ask without entering it into what is read."""
        frames = _ASKING.frames
        frames.append(None)
        try:
            return ask()
        finally:
            frames.pop()

    def _shared(self, node: AnswerKey) -> KeptAnswer[Any] | None:
        """The answer of the base, if everything that was read for it is the same here."""
        assert self.base is not None
        frames = _ASKING.frames
        frames.append(None)
        try:
            theirs = self.base.answer(node)
            if self._in_base is None:
                self._in_base = self.same_chain(self.base)
            if self._in_base and self.base._is_fixed(theirs):  # noqa: SLF001 - of its own kind
                return theirs
            return theirs if all(map(self._is_alike, theirs.read)) else None
        finally:
            frames.pop()

    def _is_alike(self, node: AnswerKey) -> bool:
        assert self.base is not None
        ask = self.WORLD.get(node[0])
        if ask is None:
            ask = self.CHAIN.get(node[0])
            if ask is None:
                theirs = self.base.answer(node)
                if self._in_base and self.base._is_fixed(theirs):  # noqa: SLF001 - as above
                    return True
                mine = self.answer(node)
                return mine is theirs or bool(mine.value == theirs.value)
            if self._in_base:
                return True
        found = self._alike.get(node)
        if found is None:
            found = self._alike[node] = bool(ask(self, node[1]) == ask(self.base, node[1]))
        return found

    def names_read(self, node: AnswerKey) -> frozenset[AnswerKey]:
        """The questions to the world that an answer depends on, through any number of steps."""
        seen: set[AnswerKey] = {node}
        todo = [node]
        found: set[AnswerKey] = set()
        while todo:
            at = todo.pop()
            if at[0] in self.WORLD:
                found.add(at)
                continue
            if at[0] in self.CHAIN:
                continue
            new = [read for read in self.answer(at).read if read not in seen]
            seen.update(new)
            todo.extend(new)
        return frozenset(found)
