"""`make approve`: an approval of one environment, with what `keyless approve` needs found in what is deployed."""
