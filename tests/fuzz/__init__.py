"""Requests of every shape to every route: what makes no sense gets a sentence, and nothing breaks."""
