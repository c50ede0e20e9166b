"""The traveller: one page about a job, with what was said, done and measured, to be signed."""
