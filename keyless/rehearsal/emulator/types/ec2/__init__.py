"""Types of AWS::EC2 that ministack lacks. Run in its process."""
