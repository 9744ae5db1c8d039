"""The lines of services and servers: started as they are deployed, asked, and looked at from where they get access."""
