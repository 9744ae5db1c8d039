"""PostgreSQL's wire protocol, as far as a login needs it, and the streams it travels on."""
