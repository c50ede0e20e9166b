"""What a run was worth: measured from its samples, ours or those of other controllers."""
