"""No repeat submission (O-13, M-12): what the library holds is not asked for on paper."""
