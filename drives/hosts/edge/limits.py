"""How much a host may say. Each limit is far above what a large honest host says, and small enough to bear."""

MEGABYTE = 2**20

# Bytes of one answer, unpacked.
INVENTORY_BYTES = 8 * MEGABYTE  # 2,000 drives with their reasons make 2 MB
SMART_BYTES = 2 * MEGABYTE  # `smartctl --json=co -x` prints 60 to 200 kB
PROBE_BYTES = 4 * MEGABYTE
PROBE_RUNS = 24  # so many runs fit into a probe of that size; a run at its end brings 80 kB of checkpoint
PROBE_BYTES_PER_RUN = 160 * 1024  # for each further one
COLLECT_BYTES = 8 * MEGABYTE  # what a run printed (1 MiB), its log, 10,000 findings, and the escapes of JSON
ANSWER_BYTES = 1 * MEGABYTE  # all else: hello, permit, launch, signal, clean
STDERR_BYTES = 256 * 1024

# One connection, whatever is said on it: the greeting and the login; what a command may bring besides its answer.
GREETING_BYTES = 1 * MEGABYTE
OVERHEAD_BYTES = 1 * MEGABYTE
PROMPTS = 16  # an interactive login asks for one password; the count that is claimed is looped over

# Time of one question, from the first packet to the last byte.
TOTAL_S = 60.0

# What an answer may hold.
DRIVES = 2_000
ROWS = 2 * DRIVES  # drives that are remembered of one host, those that were taken out included
DEPTH = 32
VALUES = 400_000  # a value takes up to 64 bytes: an answer of 8 MB that is all brackets would take 250 MB
BIGGEST = 2**63 - 1  # what a database keeps
RUNS = 2_000
REASONS = 64  # of one drive; the hard ones come first
SENTENCES = 50
FINDINGS = 10_000  # the most that an engine lists
PASSES = 16
CELLS = 1_000  # places of a position log
SMART_REPORTS = 64  # in one probe, whoever asked for how many
SMART_AT_ONCE = 8  # reports in one probe, so that honest ones always fit

# Characters of one text.
TEXT = 512
NAME = 128
SENTENCE = 1_000  # an error, with what the host said in it
IDENTITY = 80
LONG_TEXTS = {"stdout": MEGABYTE, "log": MEGABYTE // 4, "position_log": MEGABYTE // 4}
