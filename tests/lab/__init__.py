"""The product's own laboratory: real block devices that fail on order, behind a real sshd."""
