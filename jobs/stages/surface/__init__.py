"""The surface test with badblocks, in pure pieces.

A *leg* is one run on the host. A *claim* is what a leg is known to have done: blocks written, or compared with the
pattern. Which leg is next follows from what the claims do not cover yet, so an interruption is nothing special: the
claims end earlier. The state is JSON and lives in the stage row.
"""
