"""The commands of the pretend host. They start often, so they import little."""
