"""Why a login doesn't work: its path hop by hop, up to the first one where something is wrong. Reads only."""
