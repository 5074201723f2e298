"""How the embedded base model and the shipped task data were made; the harness never imports this."""
