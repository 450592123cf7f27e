"""Reading a large file on every processor: one process cuts it, others read what it cuts."""

import itertools
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import msgspec

from primetime.articles.byte_window import open_plain_or_gzip
from primetime.articles.formats.recognising import PUBMED_XML, recognise
from primetime.articles.pubmed_xml import batched, read_raw
from primetime.articles.record_stream import RawRecord, split_records
from primetime.articles.rows import Rows, rows_of

_RUN = 500  # articles stored by one statement
_BATCHES = 5  # as many records as that, for one process at a time
# Starting a process costs what reading this many records does.
_WORTH_A_PROCESS = 2_000
_AHEAD = 2  # runs waiting for each process: what bounds the memory
# What goes from process to process, in a third of pickle's time.
_encode = msgspec.msgpack.Encoder().encode
_decode_run = msgspec.msgpack.Decoder(list[list[RawRecord]]).decode
_decode_rows = msgspec.msgpack.Decoder(list[Rows]).decode


def read_rows(path: Path, *, processes: int | None = None) -> Iterator[Rows]:
    """The records of a file as rows, in order; of PubMed XML, large files are read by further processes.

    `processes`: how many read beside this one; None is one for each processor (four at most), 0 is none.
    Raises BadInput as the format's reader does, which may be after many rows.
    """
    found = recognise(path)
    if found is not PUBMED_XML:
        with open_plain_or_gzip(path) as stream:
            yield from rows_of(found.read(stream, str(path)), size=_RUN)
        return
    count = min(4, len(os.sched_getaffinity(0))) if processes is None else processes
    with open_plain_or_gzip(path) as stream:
        batches = batched(split_records(stream, str(path)))
        first: list[list[RawRecord]] = []
        records = 0
        for batch in batches:
            first.append(batch)
            records += len(batch)
            if records >= _WORTH_A_PROCESS or count == 0:
                break
        if count == 0 or records < _WORTH_A_PROCESS:
            yield from _rows_here(itertools.chain(first, batches))
        else:
            yield from _rows_in_processes(itertools.chain(first, batches), count)


def _rows_here(batches: Iterator[list[RawRecord]]) -> Iterator[Rows]:
    return rows_of((record for batch in batches for record in read_raw(batch)), size=_RUN)


def _rows_in_processes(batches: Iterator[list[RawRecord]], count: int) -> Iterator[Rows]:
    # Not forked: the process may hold a database connection and threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        waiting: deque[Future[bytes]] = deque()
        try:
            while run := list(itertools.islice(batches, _BATCHES)):
                waiting.append(pool.submit(_rows_of_run, _encode(run)))
                if len(waiting) > count * _AHEAD:
                    yield from _decode_rows(waiting.popleft().result())
        except BaseException:
            # The file is bad, or the reader of these rows has stopped: what is under way is of no use.
            for future in waiting:
                future.cancel()
            raise
        while waiting:
            yield from _decode_rows(waiting.popleft().result())


def _rows_of_run(run: bytes) -> bytes:
    return _encode(list(_rows_here(iter(_decode_run(run)))))
