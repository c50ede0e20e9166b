"""Profiles that were written for other controllers, made into profiles of this one."""
