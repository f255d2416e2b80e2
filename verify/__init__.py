"""What a Liangzheng code is, and how anyone checks one.

Nothing in here knows a database, a network or the wallet: public keys, a text and a
reference time go in, a documented answer comes out.
"""
