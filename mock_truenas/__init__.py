"""One pretend storage host: a TrueNAS CORE REST face, a real SSH server and fifteen simulated drives."""
