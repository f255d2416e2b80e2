"""跨地区用证 Licences of other regions (O-18, M-17): judged by their libraries' trust bundles, and said to be so."""
