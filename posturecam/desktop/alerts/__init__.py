"""How the app alerts: notification, card, glow, dimming; and why it did."""
