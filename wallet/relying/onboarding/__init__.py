"""接入 Onboarding: a unit applies to use licences for an item, it is reviewed, approved, filed, and granted."""
