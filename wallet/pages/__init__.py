"""Server-rendered pages, one module per audience; `wallet.app` registers `PAGES`."""

from wallet.pages import (
    account,
    catalogue_editing,
    delegations,
    docs,
    holder,
    holder_code,
    issuer,
    issuer_batches,
    issuer_force_majeure,
    issuer_in_step,
    issuer_review,
    issuer_status,
    public,
    sessions,
    sign_in,
    step_up,
)

PAGES = (
    account.blueprint,
    catalogue_editing.blueprint,
    delegations.blueprint,
    docs.blueprint,
    holder.blueprint,
    holder_code.blueprint,
    issuer.blueprint,
    issuer_batches.blueprint,
    issuer_force_majeure.blueprint,
    issuer_in_step.blueprint,
    issuer_review.blueprint,
    issuer_status.blueprint,
    public.blueprint,
    sessions.blueprint,
    sign_in.blueprint,
    step_up.blueprint,
)
