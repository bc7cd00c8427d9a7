"""Races on real databases: each runs in a process of its own, on SQLite and on PostgreSQL."""
