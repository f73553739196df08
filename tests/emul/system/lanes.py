# SPDX-License-Identifier: MIT
"""Runs machines in the background while pytest waits for the result that it needs next.

A recipe is a hashable object whose run(parts) boots a machine and yields a pair (part, result) for
each part that some test needs. Recipes start in the order in which tests ask for them, EMULATORS
(an environment variable, 1 without it) at a time.
"""

import os
from concurrent.futures import Future, ThreadPoolExecutor

EMULATORS = int(os.environ.get("EMULATORS", "1"))
PATIENCE = 1800  # for a result, including the recipes before it


class Lanes:
    """The recipes of a session and their results."""

    def __init__(self):
        self._wanted = {}
        self._threads = ThreadPoolExecutor(EMULATORS)

    def want(self, recipe, part=None):
        """Notes that a test will ask for this result. Call it before start()."""
        self._wanted.setdefault(recipe, {})[part] = Future()

    def start(self):
        """Starts the recipes of all noted results."""
        for recipe, parts in self._wanted.items():
            self._threads.submit(_run, recipe, parts)

    def stop(self):
        """Starts no further recipe."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def result(self, recipe, part=None):
        """Waits for a result and returns it. Raises the recipe's exception if there was one."""
        return self._wanted[recipe][part].result(PATIENCE)


def _run(recipe, futures):
    try:
        for part, result in recipe.run(list(futures)):
            futures[part].set_result(result)
        error = KeyError("the recipe ended without this part")
    except Exception as exception:  # pylint: disable=broad-exception-caught
        error = exception
    for future in futures.values():
        if not future.done():
            future.set_exception(error)
