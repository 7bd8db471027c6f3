"""How do loops that Numba compiles take the places of the plain ones? The only module that imports Numba.

Invariant: without Numba, with PAGESIFT_NUMBA=0, or where nothing compiled can be kept, the plain ones stay.
"""

import os
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["Compiled", "array", "jitted"]

#: By its name, a loop.
Loops = dict[str, Callable[..., Any]]


def array(kind: Any, rows: int = 1) -> Any:
    """The type of an array of this many dimensions that a loop only reads."""
    import numba

    return numba.types.Array(kind, rows, "C", readonly=True)


def jitted(loop: Callable[..., Any], *signatures: tuple[Any, ...]) -> Any:
    """The loop compiled for arguments of these types, kept on the disk, run without holding the interpreter."""
    import numba

    return numba.njit(list(signatures), cache=True, nogil=True, error_model="numpy")(loop)


class Compiled:
    """The compiled versions of loops of a module, which `compile` makes, given Numba, behind the same signatures.

    `module` are the globals of that module, by which its callers find the loops.
    """

    def __init__(self, module: dict[str, Any], compile: Callable[[Any], Loops]) -> None:
        self._module, self._compile = module, compile
        self._loading = threading.Lock()
        self._made: Loops = {}

    def load(self) -> bool:
        """Whether the compiled loops are in use; the first call compiles them, or reads what was compiled before.

        It takes a second, the very first time on a machine ten to sixty.
        """
        if os.environ.get("PAGESIFT_NUMBA") == "0":
            return False
        with self._loading:
            if not self._made:
                try:
                    import numba

                    self._made.update(self._compile(numba))
                except (ImportError, RuntimeError):  # not installed; nowhere to keep what was compiled
                    return False
            self.use(self._made)
        return True

    def use(self, versions: Loops) -> None:
        """Puts these in place of the loops of the same names."""
        self._module.update(versions)
