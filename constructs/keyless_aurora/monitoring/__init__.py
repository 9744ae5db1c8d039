"""Alarms, the dashboard, notifications and the drift watch."""
