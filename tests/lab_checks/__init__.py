"""Proof that the lab does what it says, with the real dd, badblocks and ssh."""
