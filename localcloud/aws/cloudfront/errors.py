"""The one exception that becomes a CloudFront error reply."""

from __future__ import annotations


class CloudFrontError(Exception):
    """An error of CloudFront's API: `code` as botocore's model names it, `message` for the caller."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
