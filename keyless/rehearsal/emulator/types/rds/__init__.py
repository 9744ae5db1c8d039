"""Types of AWS::RDS that ministack lacks. Run in its process."""
