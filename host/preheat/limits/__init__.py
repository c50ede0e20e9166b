"""Process limits: tables of numbers, each with who says so, and what they mean for one job."""
