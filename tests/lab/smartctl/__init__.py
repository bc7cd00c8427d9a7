"""A stand-in for smartctl 7.3 that knows the disks of a lab, and no others."""
