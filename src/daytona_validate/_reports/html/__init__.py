"""The report as one page for a browser; it needs nothing beside itself."""

from daytona_validate._reports.html.page import end

__all__ = ["end"]
