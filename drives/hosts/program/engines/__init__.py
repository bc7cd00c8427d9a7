"""The program's own engines. They work on the open file that the guard holds."""
