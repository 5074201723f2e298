"""The conversations that the embedded model is pre-trained on."""
