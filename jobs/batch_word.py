"""The word that confirms a batch: it stands for exactly these drives, in this session."""

from collections.abc import Iterable

from django.utils.crypto import constant_time_compare, salted_hmac

from drives.models import Drive

WORDS = tuple(
    """
    amber anchor apple arrow autumn bamboo barley basket beacon birch bottle branch bridge bronze button
    cabin candle canyon carpet castle cedar cherry clover cobalt copper coral cotton crystal daisy
    desert dolphin dragon ember falcon feather fern forest fossil garden garnet ginger glacier granite
    harbor hazel heron honey island ivory jasmine jungle kettle ladder lagoon lantern lemon lily linen
    lobster lotus magnet mango maple marble meadow mirror mint mosaic nectar nickel nutmeg oak ocean
    olive onyx opal orchid otter oyster panther paper pebble pepper pine planet plum pocket pollen poppy
    prairie quartz quill rabbit raven reef ribbon river rocket saffron sage salmon sapphire satin shadow
    silver spruce summit sunset teapot thistle thunder tiger timber topaz tulip tundra turtle umber
    valley velvet violet walnut willow window winter wren zephyr
    """.split()  # noqa: SIM905  a list of words reads as words
)


def batch_word(drives: Iterable[Drive], session_key: str) -> str:
    """Return the word for this set of drives. Another set, another identity or another session has another word."""
    identities = sorted(f"{drive.pk}|{drive.serial}|{drive.wwn}|{drive.size_bytes}" for drive in drives)
    digest = salted_hmac("jobs.batch_word", "\n".join([session_key, *identities]), algorithm="sha256").digest()
    return WORDS[int.from_bytes(digest[:4], "big") % len(WORDS)]


def confirms_batch(drives: list[Drive], session_key: str, *, count: str, word: str) -> bool:
    """Say whether a typed count and word confirm exactly this set of drives."""
    expected = f"{len(drives)} {batch_word(drives, session_key)}"
    return constant_time_compare(expected, f"{count.strip()} {word.strip().lower()}")
