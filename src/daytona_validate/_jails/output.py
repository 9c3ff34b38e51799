"""What one command of a jail writes, kept within bounds while it is read."""

from __future__ import annotations

from collections.abc import Callable

from daytona_validate._core.output_cap import HeadTail
from daytona_validate._models import Limits


class Output:
    """Bounded buffer of the two output streams of one command.

    Args:
        limits: How much is kept, and how much may be written at all.
        on_stdout: Takes stdout as it comes, which then is not kept; None keeps it.
    """

    def __init__(self, limits: Limits, on_stdout: Callable[[bytes], None] | None = None) -> None:
        self.stdout = HeadTail(limits.kept_output_bytes)
        self.stderr = HeadTail(limits.kept_output_bytes)
        self.sink_error: Exception | None = None
        """What `on_stdout` raised."""
        self._on_stdout = on_stdout
        self._allowed_bytes = limits.max_output_bytes

    @property
    def is_flooding(self) -> bool:
        """Whether more was written than `max_output_bytes`."""
        return self._allowed_bytes < 0

    def take(self, chunk: bytes, *, is_stderr: bool) -> None:
        """Take the next chunk of a stream."""
        self._allowed_bytes -= len(chunk)
        if is_stderr:
            self.stderr.feed(chunk)
        elif self._on_stdout is None:
            self.stdout.feed(chunk)
        elif self.sink_error is None:
            try:
                self._on_stdout(chunk)
            except Exception as error:  # noqa: BLE001 - raised where the run is awaited
                self.sink_error = error
