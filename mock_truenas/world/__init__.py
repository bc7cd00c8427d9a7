"""What exists on the pretend host: its drives, its clock and its files."""
