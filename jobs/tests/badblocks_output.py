"""Writes what badblocks 1.47 prints, as the host-side program hands it on (standard error without the progress)."""

DONE = "done" + " " * 49 + "\n"


def write_log(last: int, pattern: str = "0xaa", errors: tuple[int, int, int] = (0, 0, 0)) -> str:
    """Return the log of a complete write-and-verify run of one pattern."""
    return (
        "Checking for bad blocks in read-write mode\n"
        f"From block 0 to {last}\n"
        f"Testing with pattern {pattern}: {DONE}"
        f"Reading and comparing: {DONE}"
        f"Pass completed, {sum(errors)} bad blocks found. ({errors[0]}/{errors[1]}/{errors[2]} errors)\n"
    )


def compare_log(first: int, last: int, pattern: str = "0xaa", errors: tuple[int, int, int] = (0, 0, 0)) -> str:
    """Return the log of a complete read-only comparison of a range."""
    return (
        f"Checking blocks {first} to {last}\n"
        "Checking for bad blocks in read-only mode\n"
        f"Testing with pattern {pattern}: {DONE}"
        f"Pass completed, {sum(errors)} bad blocks found. ({errors[0]}/{errors[1]}/{errors[2]} errors)\n"
    )
