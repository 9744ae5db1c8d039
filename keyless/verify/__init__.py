"""The rehearsal's table on a real account: probes are deployed beside the app, asked, and removed."""
