"""What a deploy will make, read from the cloud assembly that `cdk synth` wrote; never from the settings."""
