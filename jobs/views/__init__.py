"""The pages of the board and of burn-ins."""
