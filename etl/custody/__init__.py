"""What becomes of everything that is kept: backup and restore, taking a person out, retention."""
