"""How the outside meets the pretend host: HTTP and SSH."""
