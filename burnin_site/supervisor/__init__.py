"""Keeps the processes of one machine running. Plain Python on Linux; knows nothing of the apps."""
