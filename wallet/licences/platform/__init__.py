"""The regional platform 一体化平台 (O-7, O-8, M-6, M-7): what becomes of licences and catalogue is pushed
to it."""
