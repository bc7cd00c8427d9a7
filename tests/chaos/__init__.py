"""`make chaos`: burn-ins of drives whose health is known, while everything around them is killed, cut and confused."""
