"""A bucket that speaks S3: a stream put into it in bounded memory, a link to it that ends, and its end.

A link lives at most seven days, which is what version 4 of S3's signature allows, and no longer than the credentials
that sign it: those of an IAM user last, those of a role end within hours and take their links with them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import boto3
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from primetime.errors import NotFound, StorageUnavailable
from primetime.settings import Settings

# S3 takes 10,000 parts of at least 5 MiB, the last one excepted: with these, 78 GiB.
PART_BYTES = 8 << 20
LONGEST_LINK_SECONDS = 7 * 24 * 3600

log = structlog.get_logger(__name__)


class Bucket:
    """The exports bucket; safe to share between threads. Whatever S3 refuses is raised as StorageUnavailable."""

    def __init__(self, settings: Settings, *, patient: bool = True) -> None:
        self.name = settings.exports_bucket
        with self._told("cannot be opened"):
            self._client: Any = boto3.session.Session().client(
                "s3",
                endpoint_url=settings.exports_endpoint_url or None,
                region_name=settings.exports_region or None,
                aws_access_key_id=settings.exports_access_key_id or None,
                aws_secret_access_key=settings.exports_secret_access_key or None,
                config=Config(
                    signature_version="s3v4",
                    connect_timeout=10 if patient else 3,
                    read_timeout=60 if patient else 5,
                    retries={"mode": "standard", "total_max_attempts": 5 if patient else 1},
                    # Other servers than AWS's know the bucket by the path alone.
                    s3={"addressing_style": "path" if settings.exports_endpoint_url else "virtual"},
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )

    def upload(self, key: str, pieces: Iterable[bytes], *, media_type: str, file_name: str) -> int:
        """Put a stream under a key, in parts; its bytes. There is nothing under the key until all of it is there.

        Whatever is raised on the way, by `pieces` too, ends the upload and leaves nothing. A process that is killed
        leaves its parts; `clear` forgets them.
        """
        target = {"Bucket": self.name, "Key": key}
        with self._told("takes no file"):
            upload_id = self._client.create_multipart_upload(
                **target,
                ContentType=media_type,
                ContentDisposition=f"attachment; filename*=UTF-8''{quote(file_name)}",
            )["UploadId"]
        try:
            size = 0
            parts: list[dict[str, object]] = []
            for number, part in enumerate(in_parts(pieces, PART_BYTES), start=1):
                with self._told("does not take the file to its end"):
                    reply = self._client.upload_part(**target, UploadId=upload_id, PartNumber=number, Body=part)
                parts.append({"ETag": reply["ETag"], "PartNumber": number})
                size += len(part)
            with self._told("does not take the file to its end"):
                self._client.complete_multipart_upload(**target, UploadId=upload_id, MultipartUpload={"Parts": parts})
        except BaseException:
            self._abort_quietly(key, upload_id)
            raise
        return size

    def clear(self, key: str) -> None:
        """Delete what stands under a key, and what uploads to it have left; nothing is as good."""
        with self._told("does not delete a file"):
            found = self._client.list_multipart_uploads(Bucket=self.name, Prefix=key)
            for upload in found.get("Uploads", ()):
                self._abort(key, upload["UploadId"])
            self._client.delete_object(Bucket=self.name, Key=key)

    def link(self, key: str, *, seconds: int) -> str:
        """An address under which anybody who has it gets the file, for so long (1 second to 7 days)."""
        with self._told("gives no link"):
            return str(
                self._client.generate_presigned_url(
                    "get_object",
                    Params={"Bucket": self.name, "Key": key},
                    ExpiresIn=max(1, min(seconds, LONGEST_LINK_SECONDS)),
                )
            )

    def _abort(self, key: str, upload_id: str) -> None:
        try:
            self._client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload_id)
        except ClientError as error:
            if _code(error) != "NoSuchUpload":  # it has ended already
                raise

    def _abort_quietly(self, key: str, upload_id: str) -> None:
        try:
            self._abort(key, upload_id)
        except (ClientError, BotoCoreError) as error:
            # The first error is the one to tell; the bucket's lifecycle ends what was left.
            log.warning("an upload could not be ended", cause=type(error).__name__)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise StorageUnavailable(
                f"the bucket {self.name} {what}: {_code(error)}",
                remedy="see that it is there and that the key may use it",
            ) from error
        except (BotoCoreError, ValueError) as error:
            raise StorageUnavailable(
                f"the bucket {self.name} {what}: {type(error).__name__}",
                remedy="check PRIMETIME_EXPORTS_ENDPOINT_URL, the region and the keys",
            ) from error


def open_bucket(settings: Settings, *, patient: bool = True) -> Bucket:
    """The exports bucket; one that is not patient is for who waits for an answer: it gives S3 one try of seconds.

    Raises NotFound where the settings name none.
    """
    if not settings.exports_bucket:
        raise NotFound(
            "this platform keeps no exports", remedy="take the export directly, or set PRIMETIME_EXPORTS_BUCKET"
        )
    return Bucket(settings, patient=patient)


def in_parts(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in parts of exactly `size`, the last one excepted; none for no bytes."""
    part = bytearray()
    for piece in pieces:
        part += piece
        while len(part) >= size:
            yield bytes(part[:size])
            del part[:size]
    if part:
        yield bytes(part)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "no reason given"))
