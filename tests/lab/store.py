"""Where the content of a lab disk really lies: sparse files, below every fault."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# ext4 ends a file at 16 TiB: a disk of 20 TB needs more than one.
SEGMENT_BYTES = 1 << 40
BLOCK_BYTES = 1 << 16


class SparseStore:
    """Hold `size` bytes in as little room as was written."""

    def __init__(self, directory: Path, size: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.size = size
        self._files: list[int] = []
        for number, start in enumerate(range(0, size, SEGMENT_BYTES)):
            path = directory / f"{number:04d}"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.ftruncate(descriptor, min(SEGMENT_BYTES, size - start))
            self._files.append(descriptor)

    def read_into(self, view: memoryview, offset: int) -> int:
        """Fill `view` from `offset`; how many bytes there were."""
        done = 0
        for descriptor, start, first, length in self._pieces(offset, len(view)):
            got = os.preadv(descriptor, [view[first : first + length]], start)
            done += got
            if got < length:
                break
        return done

    def write(self, view: memoryview, offset: int) -> int:
        """Put `view` at `offset`; how many bytes fitted."""
        done = 0
        for descriptor, start, first, length in self._pieces(offset, len(view)):
            done += os.pwrite(descriptor, view[first : first + length], start)
        return done

    def checksum(self) -> str:
        """Describe the content: equal content gives equal sums, however sparse it lies."""
        digest = hashlib.sha256(str(self.size).encode())
        zeros = bytes(BLOCK_BYTES)
        for offset in self._touched_blocks():
            block = bytearray(min(BLOCK_BYTES, self.size - offset))
            self.read_into(memoryview(block), offset)
            if block != zeros[: len(block)]:
                digest.update(offset.to_bytes(8, "big"))
                digest.update(block)
        return digest.hexdigest()

    def close(self) -> None:
        """Let go of the files."""
        for descriptor in self._files:
            os.close(descriptor)
        self._files.clear()

    def delete(self) -> None:
        """Forget the content for good."""
        self.close()
        for path in self.directory.iterdir():
            path.unlink()
        with suppress(OSError):
            self.directory.rmdir()

    def _pieces(self, offset: int, length: int) -> Iterator[tuple[int, int, int, int]]:
        """Cut a request at the borders of the files: descriptor, place there, place in the buffer, length."""
        end = min(offset + length, self.size)
        first = 0
        while offset < end:
            number, start = divmod(offset, SEGMENT_BYTES)
            part = min(end - offset, SEGMENT_BYTES - start)
            yield self._files[number], start, first, part
            offset += part
            first += part

    def _touched_blocks(self) -> Iterator[int]:
        """Offsets of the blocks that may hold anything but zeros, in order, each once."""
        following = 0
        for start, end in self._data():
            first = max(start - start % BLOCK_BYTES, following)
            yield from range(first, end, BLOCK_BYTES)
            following = max(following, -(-end // BLOCK_BYTES) * BLOCK_BYTES)

    def _data(self) -> Iterator[tuple[int, int]]:
        for number, descriptor in enumerate(self._files):
            base = number * SEGMENT_BYTES
            position = 0
            while True:
                try:
                    begin = os.lseek(descriptor, position, os.SEEK_DATA)
                except OSError:  # nothing but a hole from here
                    break
                position = os.lseek(descriptor, begin, os.SEEK_HOLE)
                yield base + begin, base + position
