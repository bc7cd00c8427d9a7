"""The server process: daphne, with a door in front that counts, measures and times before anything is kept or read."""
